package turns_test

import (
	"context"
	"errors"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
)

// One client leaves half of the places to the others, whether its calls wait or not.
func TestAClientHoldsHalfOfThePlaces(t *testing.T) {
	p := turns.NewPlaces(4)
	one, two := passwd.WithClient(t.Context(), "one"), passwd.WithClient(t.Context(), "two")
	var gives []func()
	for i := range 2 {
		give, ok := p.TryTake(one)
		if !ok {
			t.Fatalf("place %d is refused", i)
		}
		gives = append(gives, give)
	}
	if _, ok := p.TryTake(one); ok {
		t.Error("a client has more than half")
	}
	took := make(chan func())
	go func() {
		give, err := p.Take(one)
		if err != nil {
			t.Error(err)
		}
		took <- give
	}()
	for range 2 {
		give, err := p.Take(two)
		if err != nil {
			t.Fatal(err)
		}
		defer give()
	}
	if _, ok := p.TryTake(t.Context()); ok {
		t.Error("there are more places than four")
	}
	gives[0]()
	(<-took)()
	gives[1]()
	for range 2 { // all that was taken came back
		give, ok := p.TryTake(one)
		if !ok {
			t.Fatal("a place was lost")
		}
		defer give()
	}
}

func TestAPlaceIsNotAwaitedForever(t *testing.T) {
	p := turns.NewPlaces(1)
	give, err := p.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(passwd.WithClient(t.Context(), "one"))
	cancel()
	if _, err := p.Take(ended); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	give()
	if _, ok := p.TryTake(passwd.WithClient(t.Context(), "one")); !ok {
		t.Error("the place was lost")
	}
}
