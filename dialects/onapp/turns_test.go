package onapp

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
)

// Lists that may look at all users wait for their turn; others do not wait for them.
func TestSearchesWaitForTheirTurn(t *testing.T) {
	w := newFixture(t)
	gate := passwd.NewGate(1, 1)
	w.d.turns = turns.On(gate)
	ended, inside := make(chan bool), make(chan bool)
	go func() { _ = gate.Do(context.Background(), func() { inside <- true; <-ended }) }()
	<-inside
	answers := make(chan int)
	go func() { answers <- w.as("auth", "GET /users.json?q=ad", "").Code }()
	for gate.Stats().Waiting < 1 {
		for _, path := range []string{"/users.json", "/users.json?page=1&per_page=2", "/users/2.json"} {
			w.do("GET "+path, "")
		}
	}
	for _, path := range []string{"/users.json?q=b&page=1", "/users.xml?q=b", "/users.json?page=2000&per_page=100"} {
		wantStatus(t, w.as("auth", "GET "+path, ""), 503)
	}
	close(ended)
	if got := <-answers; got != 200 {
		t.Errorf("the one that waited: %d", got)
	}
}
