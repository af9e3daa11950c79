package onapp

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
)

func (w *fixture) recorded(target string, full bool) *dialecttest.BoundedRecorder {
	r := httptest.NewRequest("GET", target, nil)
	name, value, _ := strings.Cut(w.vars["auth"], ": ")
	r.Header.Set(name, value)
	rec := dialecttest.NewBoundedRecorder(1 << 30)
	rec.Full = full
	w.d.ServeHTTP(rec, r)
	return rec
}

func TestListsAreRefusedWhileTheAddressReadsNone(t *testing.T) {
	w := newFixture(t)
	for target, want := range map[string]int{
		"/users.json": 503, "/users.xml?page=1": 503, "/roles.json": 503, "/user_groups.xml": 503, "/permissions.json": 503,
		"/users/2.json": 200,
	} {
		if got := w.recorded(target, true); got.Code != want || want == 503 && got.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", target, got.Code, got.Body)
		}
	}
}

// A list holds its chunk of users until the next one, and a search has no turn while it
// waits for that of searches.
func TestWhatAListHoldsIsCounted(t *testing.T) {
	w := newFixture(t)
	got := w.recorded("/users.json", false)
	if got.Code != 200 || got.Began != 1 || got.MostHeld == 0 || !got.PauseAnswer() {
		t.Errorf("%d: %d turns, %d bytes held", got.Code, got.Began, got.MostHeld)
	}
	w.d.turns = turns.On(passwd.NewGate(1, 1))
	if got = w.recorded("/users.json?q=ad", false); got.Code != 200 || got.Began != 2 {
		t.Errorf("a search: %d, %d turns", got.Code, got.Began)
	}
}
