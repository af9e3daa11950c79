package postgres_test

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// TestServerRestartsUnderLoad ends the server in several ways under reads and
// writes. Calls meanwhile wait, or fail as Busy; what was acknowledged is there
// afterwards, once.
func TestServerRestartsUnderLoad(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, false)
	dsn := server.DSN(t)
	c := newCounters(t, open(t, dsn), 8)
	var over atomic.Bool
	var all sync.WaitGroup
	for i := range c.seen {
		all.Go(func() {
			for !over.Load() && !t.Failed() {
				busyAtMost(t, c.count(i))
			}
		})
		all.Go(func() {
			for !over.Load() && !t.Failed() {
				busyAtMost(t, readAll(c.s))
			}
		})
	}
	for _, end := range []func(testing.TB){server.Stop, server.Crash, server.Crash} {
		time.Sleep(100 * time.Millisecond)
		end(t)
		time.Sleep(50 * time.Millisecond)
		server.Start(t)
	}
	time.Sleep(100 * time.Millisecond)
	over.Store(true)
	all.Wait()
	c.check(t, open(t, dsn))
	for i, seen := range c.seen {
		if seen == 0 {
			t.Errorf("writer %d was never served", i)
		}
	}
}

// busyAtMost reports every error but Busy.
func busyAtMost(t *testing.T, err error) {
	t.Helper()
	if err != nil && core.KindOf(err) != core.Busy {
		t.Errorf("got %v", err)
	}
}

// readAll reads from the database in two steps of one view.
func readAll(s core.Store) error {
	return s.View(context.Background(), func(tx core.StoreTx) error {
		q := core.UserQuery{Realm: core.MainRealm, Search: core.Search{Terms: []string{"writer"}, Fields: []core.Field{core.FieldUsername}}}
		users, err := tx.ListUsers(q)
		if err != nil {
			return err
		}
		if n, err := tx.CountUsers(q); err != nil || n != len(users) {
			return err
		}
		return nil
	})
}

// TestConnectionsAreKilled kills every connection, again and again. What fails as
// Busy was not applied. Each writer ends an operation between two kills, so that a
// busy machine, too, finds out what became of every commit.
func TestConnectionsAreKilled(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Start(t, false).DSN(t)
	c := newCounters(t, open(t, dsn), 4)
	admin := connect(t, dsn)
	rounds := coretest.Rounds(10, 100)
	ended := make([]atomic.Int64, len(c.seen)) // operations of each writer
	var all sync.WaitGroup
	for i := range c.seen {
		all.Go(func() {
			defer ended[i].Store(math.MaxInt64)
			for range rounds {
				busyAtMost(t, c.count(i))
				ended[i].Add(1)
				busyAtMost(t, readAll(c.s))
				ended[i].Add(1)
			}
		})
	}
	for killed := int64(0); killed < math.MaxInt64; {
		exec(t, admin, `select pg_terminate_backend(pid) from pg_stat_activity
			where application_name = 'dragoman'`)
		before := killed
		for killed == before {
			time.Sleep(time.Millisecond)
			killed = math.MaxInt64
			for i := range ended {
				killed = min(killed, ended[i].Load())
			}
		}
	}
	all.Wait()
	c.check(t, open(t, dsn))
}

// TestIdleConnectionsMayDie kills idle connections. Views do not notice.
func TestIdleConnectionsMayDie(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, false)
	s := open(t, server.DSN(t)+"&cache=0")
	c := newCounters(t, s, 1)
	for range 3 {
		if err := readAll(s); err != nil {
			t.Error(err)
		}
		server.Stop(t)
		server.Start(t)
	}
	if err := c.count(0); err != nil {
		t.Error(err)
	}
	c.check(t)
}
