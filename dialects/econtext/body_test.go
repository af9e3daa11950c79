package econtext

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// The original is not known to bound bodies: by default 16 MiB are read, of known callers.
func TestBodiesUpTo16MiBAreReadOfKnownCallers(t *testing.T) {
	t.Parallel()
	env := dialecttest.NewEnv(t, dialecttest.SQLite())
	setup(t, env.Dir)
	d := New(Config{Directory: env.Dir})
	body := func(size int) string {
		const text = `{"name": "Ann", "email": "ann@example.com", "username": "ann", "password": "correct-horse", "applications": [], "unknown": ""}`
		return strings.Replace(text, `""`, `"`+strings.Repeat("x", size-len(text))+`"`, 1)
	}
	if answer := ask(d, "admin", adminPassword, http.MethodPost, "/api/users/user", body(16<<20+1)); answer.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("one byte more: %d", answer.Code)
	}
	if answer := ask(d, "admin", adminPassword, http.MethodPost, "/api/users/user", body(16<<20)); answer.Code != http.StatusOK {
		t.Errorf("16 MiB: %d %.300s", answer.Code, answer.Body)
	}
	unread := &countingBody{Reader: strings.NewReader(body(1 << 20))}
	r := httptest.NewRequest(http.MethodPost, "/api/users/user", unread)
	r.SetBasicAuth("admin", "wrong")
	answer := httptest.NewRecorder()
	d.ServeHTTP(answer, r)
	if answer.Code != http.StatusUnauthorized || unread.n != 0 {
		t.Errorf("of an unknown caller: %d, %d bytes read", answer.Code, unread.n)
	}
}

// countingBody counts what is read of it.
type countingBody struct {
	*strings.Reader
	n int
}

func (b *countingBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.n += n
	return n, err
}
