package turns_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
)

// Whoever floods the gateway with reads waits behind itself.
func TestTurnsGoRoundTheClients(t *testing.T) {
	gate := passwd.NewGate(1, 3)
	take := turns.On(gate)
	ended, inside := make(chan bool), make(chan bool)
	go func() { _ = gate.Do(context.Background(), func() { inside <- true; <-ended }) }()
	<-inside
	order := make(chan string, 3)
	ends := make(chan error, 4)
	ask := func(address string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = address + ":1"
		go func() { ends <- take.TakeByAddress(nil, r, func() error { order <- address; return nil }) }()
	}
	for i, address := range []string{"192.0.2.1", "192.0.2.1", "192.0.2.2"} {
		ask(address)
		for gate.Stats().Waiting <= i {
		}
	}
	ask("192.0.2.1")
	if err := <-ends; core.KindOf(err) != core.Busy {
		t.Errorf("one too many: %v", err)
	}
	close(ended)
	for range 3 {
		if err := <-ends; err != nil {
			t.Error(err)
		}
	}
	if first, second := <-order, <-order; first == second {
		t.Errorf("%s has two turns before another has one", first)
	}
}

func TestTheErrorIsThatOfTheRead(t *testing.T) {
	want := errors.New("broken")
	if err := turns.New().Take(context.Background(), "token", func() error { return want }); err != want {
		t.Errorf("%v", err)
	}
}
