package passwd

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// occupied returns a gate whose only worker computes until release is called.
func occupied(t *testing.T, queue int) (g *Gate, release func()) {
	t.Helper()
	g = NewGate(1, queue)
	done := make(chan struct{})
	go g.Do(t.Context(), func() { <-done })
	synctest.Wait()
	if got := g.Stats(); got.Running != 1 {
		t.Fatalf("the worker does not run: %+v", got)
	}
	return g, func() { close(done); synctest.Wait() }
}

func TestGateQueuesThenRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, release := occupied(t, 2)
		var ran int
		for range 2 {
			go g.Do(t.Context(), func() { ran++ })
			synctest.Wait()
		}
		if err := g.Do(t.Context(), func() { t.Error("ran beyond the queue") }); !errors.Is(err, ErrBusy) {
			t.Errorf("beyond the queue the error is %v, not ErrBusy", err)
		}
		if got, want := g.Stats(), (GateStats{Running: 1, Waiting: 2, Refused: 1}); got != want {
			t.Errorf("stats are %+v, not %+v", got, want)
		}
		release()
		if got, want := g.Stats(), (GateStats{Refused: 1}); got != want || ran != 2 {
			t.Errorf("afterwards stats are %+v, %d of 2 ran", got, ran)
		}
	})
}

func TestGateWithoutQueueRefusesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, release := occupied(t, -1)
		if err := g.Do(t.Context(), func() { t.Error("ran beside the only worker") }); !errors.Is(err, ErrBusy) {
			t.Errorf("the error is %v, not ErrBusy", err)
		}
		release()
		if err := g.Do(t.Context(), func() {}); err != nil {
			t.Errorf("a free gate fails with %v", err)
		}
	})
}

func TestGateForgetsACallerWhoseContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, release := occupied(t, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.Do(ctx, func() { t.Error("ran after its time") }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v, not the context's", err)
		}
		if got := g.Stats(); got.Waiting != 0 {
			t.Errorf("it still waits: %+v", got)
		}
		release()
		if err := g.Do(ctx, func() { t.Error("ran for a dead context") }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a free gate takes a dead context: %v", err)
		}
	})
}

func TestGateServesInOrderOfArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, release := occupied(t, 10)
		var order []int
		for i := range 10 {
			go g.Do(t.Context(), func() { order = append(order, i) })
			synctest.Wait()
		}
		release()
		if len(order) != 10 {
			t.Fatalf("%d of 10 ran", len(order))
		}
		for i, got := range order {
			if got != i {
				t.Fatalf("the order is %v", order)
			}
		}
	})
}

func TestGateSurvivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(1, 0)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic did not reach the caller")
				}
			}()
			g.Do(t.Context(), func() { panic("broken") })
		}()
		if err := g.Do(t.Context(), func() {}); err != nil || g.Stats() != (GateStats{}) {
			t.Errorf("the worker is lost: error %v, stats %+v", err, g.Stats())
		}
	})
}

func TestGateHoldsTheSlotDuringBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(1, 1)
		g.turns.free--
		start := time.Now()
		g.release(20 * time.Millisecond)
		if waited := time.Since(start); waited != 0 {
			t.Errorf("the caller waited for the backoff: %v", waited)
		}
		if err := g.Do(t.Context(), func() {}); err != nil || time.Since(start) != 20*time.Millisecond {
			t.Errorf("the next ran after %v, error %v", time.Since(start), err)
		}
	})
}

func TestBackoffAfter(t *testing.T) {
	const ms = time.Millisecond
	cases := []struct {
		name      string
		wall, cpu time.Duration
		running   int64
		want      time.Duration
	}{
		{"is nothing when only the hash computed", 20 * ms, 20 * ms, 1, 0},
		{"is nothing when only hashes computed", 20 * ms, 60 * ms, 3, 0},
		{"is nothing when the hash itself had to wait", 20 * ms, 12 * ms, 1, 0},
		{"is nothing when the time spent is unknown", 20 * ms, 0, 1, 0},
		{"grows with what others did", 20 * ms, 22 * ms, 1, 8 * ms},
		{"is never longer than the computation", 20 * ms, 40 * ms, 1, 20 * ms},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := backoffAfter(c.wall, c.cpu, c.running); got != c.want {
				t.Errorf("backoffAfter(%v, %v, %d) = %v, not %v", c.wall, c.cpu, c.running, got, c.want)
			}
		})
	}
}
