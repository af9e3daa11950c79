package postgres_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"

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
