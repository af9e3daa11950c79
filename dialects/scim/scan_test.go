package scim

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
)

// Whoever floods the gateway with searches that look at all users stops neither other
// requests nor the searches of other tokens.
func TestAFloodOfSearchesWaitsBehindItself(t *testing.T) {
	w := newWorld(t)
	gate := passwd.NewGate(1, 2)
	w.turns = turns.On(gate)
	ended, inside := make(chan bool), make(chan bool)
	go func() {
		_ = gate.Do(context.Background(), func() { inside <- true; <-ended })
	}()
	<-inside
	const scan = "/scim/v2/Users?filter=title+pr"
	answers := make(chan int)
	for range 2 {
		go func() { answers <- w.ask("GET", scan, "").Code }()
	}
	for gate.Stats().Waiting < 2 { // they wait, whatever the time they take to come here
		w.want(200, "", "GET", "/scim/v2/Users?filter=userName+eq+admin", "")
	}
	w.want(503, "", "GET", scan, "")
	w.want(200, "", "GET", "/scim/v2/Users?sortBy=userName", "")
	other := make(chan int)
	go func() {
		r := httptest.NewRequest("GET", scan, nil)
		r.Header.Set("Authorization", "Bearer "+readToken)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		other <- rec.Code
	}()
	if got := <-answers; got != 503 { // its place went to another token
		t.Errorf("one too many of a token that waits twice: %d", got)
	}
	close(ended)
	if a, b := <-answers, <-other; a != 200 || b != 200 {
		t.Errorf("those that waited: %d and %d", a, b)
	}
}
