package econtext

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
)

// Lists that may look at all users wait for their turn; others do not wait for them.
func TestSearchesWaitForTheirTurn(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	gate := passwd.NewGate(1, 1)
	w.turns = turns.On(gate)
	ended, inside := make(chan bool), make(chan bool)
	go func() { _ = gate.Do(context.Background(), func() { inside <- true; <-ended }) }()
	<-inside
	answers := make(chan int)
	go func() { answers <- w.ask("GET", "/api/users/search/adm", "").Code }()
	for gate.Stats().Waiting < 1 {
		for _, path := range []string{"/api/users", "/api/users?limit=1&order_by=username", "/api/users/user/weak-uid"} {
			if got := w.ask("GET", path, "").Code; got != 200 {
				t.Fatalf("%s: %d", path, got)
			}
		}
	}
	for _, path := range []string{"/api/users/search/a", "/api/users?order_by=name", "/api/users?offset=20000"} {
		if got := w.ask("GET", path, "").Code; got != 503 {
			t.Errorf("%s, one too many: %d", path, got)
		}
	}
	close(ended)
	if got := <-answers; got != 200 {
		t.Errorf("the one that waited: %d", got)
	}
}
