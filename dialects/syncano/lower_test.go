package syncano

import (
	"testing"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
)

// FuzzLower holds that a name is found by the form of it that is stored.
func FuzzLower(f *testing.F) {
	for _, seed := range []string{"ANN@example.com", "ΝΙΚΟΣ", "νικος", "İlker", "ΑΣ\u0301. ΑΣΒ", "\u212a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		lower := pystyle.Lower(text)
		if core.Fold(lower) != core.Fold(text) {
			t.Errorf("%q in lower case is %q", text, lower)
		}
	})
}
