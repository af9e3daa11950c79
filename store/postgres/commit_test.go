package postgres_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// counters are users who count the updates of one writer each.
type counters struct {
	s    core.Store
	seen []int // what was acknowledged
}

func newCounters(t testing.TB, s core.Store, n int) *counters {
	t.Helper()
	for i := range n {
		err := s.Update(context.Background(), func(tx core.StoreTx) error {
			return tx.PutUser(&core.User{Realm: core.MainRealm, UID: strconv.Itoa(i), Username: "writer " + strconv.Itoa(i), Revision: 1})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return &counters{s, make([]int, n)}
}

// count makes a writer count up by one.
func (c *counters) count(writer int) error {
	err := c.s.Update(context.Background(), func(tx core.StoreTx) error {
		u, err := tx.GetUser(core.ByUID(core.MainRealm, strconv.Itoa(writer)))
		if err != nil {
			return err
		}
		u.Revision++
		u.Name.Given = strconv.FormatInt(u.Revision-1, 10)
		return tx.PutUser(u)
	})
	if err == nil {
		c.seen[writer]++
	}
	return err
}

// check verifies that every counter is where its writer believes it to be, here
// and in other stores on the same database.
func (c *counters) check(t *testing.T, stores ...core.Store) {
	t.Helper()
	for _, s := range append(stores, c.s) {
		err := s.View(context.Background(), func(tx core.StoreTx) error {
			for i, seen := range c.seen {
				u, err := tx.GetUser(core.ByUID(core.MainRealm, strconv.Itoa(i)))
				if err != nil {
					return err
				}
				if given := strconv.Itoa(seen); seen > 0 && u.Name.Given != given || u.Revision != int64(seen)+1 {
					return fmt.Errorf("writer %d has counted %s, %d acknowledged", i, u.Name.Given, seen)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestUnknownCommitIsNotBusy loses the answer of a commit, and the server. Busy
// means that nothing was kept, and clients repeat such requests.
func TestUnknownCommitIsNotBusy(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Start(t, false).DSN(t)
	how := whole
	p, through := newProxy(t, dsn, func() manner { return how })
	c := newCounters(t, open(t, through+"&retry=100ms"), 1)
	p.mu.Lock()
	how = last
	p.mu.Unlock()
	err := c.count(0)
	if err == nil || core.KindOf(err) != core.Internal {
		t.Errorf("the unknown commit: %v", err)
	}
	busyWithin(t, "an update that was not sent", 5*time.Second, func() error { return c.count(0) })
	p.mu.Lock()
	how = whole
	p.mu.Unlock()
	p.reopen()
	time.Sleep(1100 * time.Millisecond) // the last failure is no longer relied on
	c.seen[0]++                         // it was kept
	if err := c.count(0); err != nil {
		t.Error(err)
	}
	c.check(t, open(t, dsn))
}

// TestCommitWhoseAnswerIsLost cuts the connection around commits, in all ways.
func TestCommitWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	const writers, each = 4, 30
	ways := []manner{whole, unsent, whole, unheard, unheard, whole, halfSent}
	n := 0
	dsn := pgtest.Start(t, false).DSN(t)
	p, through := newProxy(t, dsn, func() manner {
		n++
		return ways[n%len(ways)]
	})
	c := newCounters(t, open(t, through), writers)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for range each {
				if err := c.count(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	c.check(t, open(t, dsn))
	if p.commits < each {
		t.Errorf("the proxy has seen %d commits", p.commits)
	}
}
