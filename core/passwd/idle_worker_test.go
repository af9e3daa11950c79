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
	g, others := &Gate{turns: NewTurns(2, 10)}, new(atomic.Int64)
	g.idle = newIdleWorker(g.turns)
	g.ObserveLoad(others.Load)
	return g, others
}

// atOnce starts n computations of 20 ms and returns how many ran at once.
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

func TestGateUsesEveryCoreWithoutOtherLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, others := twoCores()
		time.Sleep(idleAfter)
		for range 3 {
			if got := atOnce(t, g, 4); got != 2 {
				t.Errorf("%d computed at once, not 2", got)
			}
			others.Add(4) // the requests that brought these computations
		}
	})
}

func TestGateLeavesACoreToOtherLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, others := twoCores()
		time.Sleep(idleAfter)
		others.Add(1)
		if got := atOnce(t, g, 4); got != 1 {
			t.Errorf("%d computed at once beside other load, not 1", got)
		}
	})
}

func TestGateGivesUpTheLastCoreUnderOtherLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, others := twoCores()
		time.Sleep(idleAfter)
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
			t.Errorf("a caller was forgotten: %+v", got)
		}
	})
}

func TestGateUsesTheLastCoreAgainWithoutOtherLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, others := twoCores()
		time.Sleep(idleAfter)
		others.Add(1)
		atOnce(t, g, 1)
		time.Sleep(idleAfter)
		if got := atOnce(t, g, 4); got != 2 {
			t.Errorf("%d computed at once without other load, not 2", got)
		}
	})
}

func TestGateThatCannotMeasureLoadLeavesACoreFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &Gate{turns: NewTurns(2, 10)}
		g.idle = newIdleWorker(g.turns)
		time.Sleep(idleAfter)
		if got := atOnce(t, g, 4); got != 1 {
			t.Errorf("%d computed at once, not 1", got)
		}
	})
}

func TestGateBacksOffOnlyUnderOtherLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, others := twoCores()
		time.Sleep(idleAfter)
		for _, c := range []struct {
			done int64
			held int // slots: of the worker that backs off, and of the idle one
		}{{0, 0}, {1, 2}} {
			others.Add(c.done)
			g.idle.update(time.Now())
			g.turns.free -= 2
			g.release(20 * time.Millisecond)
			g.release(20 * time.Millisecond)
			if got := 2 - g.turns.free; got != c.held {
				t.Errorf("after %d other requests %d slots are held, not %d", c.done, got, c.held)
			}
			time.Sleep(21 * time.Millisecond)
		}
	})
}
