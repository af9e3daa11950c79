package onapp

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

func TestAPasswordBroughtFromAPanelLogsInAndIsThenHashedAnew(t *testing.T) {
	const salt = "0123456789abcdef0123456789abcdef01234567"
	for name, key := range map[string]string{"shipped key": passwd.OnAppShippedKey, "own key": "our-own"} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			sum := sha1.Sum([]byte(salt + "--from-the-panel--" + key))
			encoded := passwd.EncodeOnApp(hex.EncodeToString(sum[:]), salt, key)
			w.change("nora", func(u *core.User) { u.Password = encoded })
			if a := w.guess("nora", "from-the-panel"); !strings.Contains(a, "version") {
				t.Errorf("not let in: %s", a)
			}
			if got := passwd.Identify(w.stored("nora").Password); got != passwd.Argon2id {
				t.Errorf("the hash is still %v", got)
			}
			if a := w.guess("nora", "from-the-panel"); !strings.Contains(a, "version") {
				t.Errorf("not let in again: %s", a)
			}
		})
	}
}
