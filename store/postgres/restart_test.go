package postgres_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
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
// Busy was not applied.
func TestConnectionsAreKilled(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Start(t, false).DSN(t)
	c := newCounters(t, open(t, dsn), 4)
	admin := connect(t, dsn)
	rounds := 100
	if testing.Short() {
		rounds = 10
	}
	var all sync.WaitGroup
	for i := range c.seen {
		all.Go(func() {
			for range rounds {
				busyAtMost(t, c.count(i))
				busyAtMost(t, readAll(c.s))
			}
		})
	}
	done := make(chan struct{})
	go func() {
		all.Wait()
		close(done)
	}()
	for killing := true; killing; {
		exec(t, admin, `select pg_terminate_backend(pid) from pg_stat_activity
			where application_name = 'dragoman'`)
		select {
		case <-done:
			killing = false
		case <-time.After(10 * time.Millisecond):
		}
	}
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
