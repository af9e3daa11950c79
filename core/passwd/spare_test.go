package passwd

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// twoCores returns a gate as NewGate makes it by default on two cores, and the
// count of what the process has done.
func twoCores() (*Gate, *atomic.Int64) {
	g, others := &Gate{slots: make(chan struct{}, 2), queue: 10}, new(atomic.Int64)
	g.spare = newSpare(g.slots)
	g.ObserveLoad(others.Load)
	return g, others
}

// atOnce starts n computations of 20 ms and tells how many ran beside each other.
func atOnce(t *testing.T, g *Gate, n int) int {
	t.Helper()
	for range n {
		go g.Do(t.Context(), func() { time.Sleep(20 * time.Millisecond) })
	}
	synctest.Wait()
	ran := g.Stats().Running
	time.Sleep(time.Second)
	return ran
}

func TestGateUsesEveryCoreWhenThereIsNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, others := twoCores()
		time.Sleep(quiet)
		for range 3 {
			if got := atOnce(t, g, 4); got != 2 {
				t.Errorf("%d computed at once, not 2", got)
			}
			others.Add(4) // the requests that brought these computations
		}
	})
}

func TestGateLeavesACoreToOtherWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, others := twoCores()
		time.Sleep(quiet)
		others.Add(1)
		if got := atOnce(t, g, 4); got != 1 {
			t.Errorf("%d computed at once beside other work, not 1", got)
		}
	})
}

func TestGateGivesUpTheLastCoreWhenOtherWorkComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, others := twoCores()
		time.Sleep(quiet)
		for range 10 {
			go g.Do(t.Context(), func() { time.Sleep(20 * time.Millisecond) })
		}
		synctest.Wait()
		others.Add(1)
		time.Sleep(30 * time.Millisecond)
		if got := g.Stats().Running; got != 1 {
			t.Errorf("%d compute one computation later, not 1", got)
		}
		time.Sleep(time.Second)
		if got := g.Stats(); got.Running != 0 || got.Waiting != 0 {
			t.Errorf("somebody was forgotten: %+v", got)
		}
	})
}

func TestGateTakesTheLastCoreBackWhenItIsQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, others := twoCores()
		time.Sleep(quiet)
		others.Add(1)
		atOnce(t, g, 1)
		time.Sleep(quiet)
		if got := atOnce(t, g, 4); got != 2 {
			t.Errorf("%d computed at once in the quiet, not 2", got)
		}
	})
}

func TestGateThatSeesNoOtherWorkLeavesACoreFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &Gate{slots: make(chan struct{}, 2), queue: 10}
		g.spare = newSpare(g.slots)
		time.Sleep(quiet)
		if got := atOnce(t, g, 4); got != 1 {
			t.Errorf("%d computed at once, not 1", got)
		}
	})
}

func TestGateRestsOnlyBesideOtherWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, others := twoCores()
		time.Sleep(quiet)
		for _, c := range []struct {
			done int64
			held int // tokens in the slots: the resting worker's, and the spare's
		}{{0, 0}, {1, 2}} {
			others.Add(c.done)
			g.spare.review(time.Now())
			g.slots <- struct{}{}
			g.slots <- struct{}{}
			g.leave(20 * time.Millisecond)
			g.leave(20 * time.Millisecond)
			if got := len(g.slots); got != c.held {
				t.Errorf("after %d other requests %d slots are held, not %d", c.done, got, c.held)
			}
			time.Sleep(21 * time.Millisecond)
		}
	})
}
