package passwd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// TestGateTakesTurnsByClient holds that a client with many computations does not
// make another one wait for them.
func TestGateTakesTurnsByClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, release := occupied(t, 10)
		var order []string // only the one worker appends
		for _, client := range []string{"flood", "flood", "flood", "flood", "ann", "bob", "ann"} {
			go g.Do(WithClient(t.Context(), client), func() { order = append(order, client) })
			synctest.Wait()
		}
		release()
		want := []string{"flood", "ann", "bob", "flood", "ann", "flood", "flood"}
		if !slices.Equal(order, want) {
			t.Errorf("the order is %v, not %v", order, want)
		}
	})
}

// TestGateRefusesWhoFillsTheQueue holds that a full queue has room for a client with
// fewer computations than the one that fills it.
func TestGateRefusesWhoFillsTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, release := occupied(t, 4)
		var mu sync.Mutex
		results := map[string][]error{}
		try := func(client string) {
			go func() {
				err := g.Do(WithClient(t.Context(), client), func() {})
				mu.Lock()
				defer mu.Unlock()
				results[client] = append(results[client], err)
			}()
			synctest.Wait()
		}
		for _, client := range []string{"flood", "flood", "flood", "flood", "flood", "ann", "bob", "bob"} {
			try(client)
		}
		if got := g.Stats(); got.Waiting != 4 || got.Refused != 4 {
			t.Errorf("%+v: want 4 waiting, 4 refused", got)
		}
		release()
		mu.Lock()
		defer mu.Unlock()
		for client, want := range map[string]int{"flood": 3, "ann": 0, "bob": 1} {
			got := 0
			for _, err := range results[client] {
				if errors.Is(err, ErrBusy) {
					got++
				}
			}
			if got != want {
				t.Errorf("%s was refused %d times, not %d: %v", client, got, want, results[client])
			}
		}
	})
}

// TestGateLosesNoSlot ends many contexts while their callers wait.
func TestGateLosesNoSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, release := occupied(t, 100)
		ctx, cancel := context.WithCancel(t.Context())
		for i := range 60 {
			go g.Do(WithClient(ctx, fmt.Sprint(i%7)), func() { t.Error("ran after its context") })
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		if got := g.Stats().Waiting; got != 0 {
			t.Errorf("%d still wait", got)
		}
		release()
		if err := g.Do(t.Context(), func() {}); err != nil {
			t.Error(err)
		}
		if free := g.turns.free; free != 1 {
			t.Errorf("%d slots are free, not 1", free)
		}
	})
}
