package econtext

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// notedWriter keeps the cause that is noted for the log.
type notedWriter struct {
	*httptest.ResponseRecorder
	cause error
}

func (w *notedWriter) NoteOperation(string) {}
func (w *notedWriter) NoteError(err error)  { w.cause = err }

// Any client can make the original fail, and the log must not be filled with that.
func TestA500OfTheOriginalIsNotedAsSuch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ProfileV2)
	cause := func(body string) error {
		r := httptest.NewRequest(http.MethodPost, "/api/users/user", strings.NewReader(body))
		r.SetBasicAuth("admin", adminPassword)
		answer := &notedWriter{ResponseRecorder: httptest.NewRecorder()}
		w.ServeHTTP(answer, r)
		if answer.Code != 500 {
			t.Errorf("%s: %d %s", body, answer.Code, answer.Body)
		}
		return answer.cause
	}
	for _, body := range []string{`{"name":`, `{"name": "x", "email": "admin@example.com"}`} {
		if err := cause(body); !errors.Is(err, dialects.ErrAsOriginal) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if f := w.failureOf(&core.Error{Kind: core.Internal}); f.text != textInternal || f.cause == nil {
		t.Errorf("the program's own failure: %+v", f)
	}
}
