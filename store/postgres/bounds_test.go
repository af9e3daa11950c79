package postgres_test

import (
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// busyWithin reports an end that is late or not Busy.
func busyWithin(t *testing.T, what string, bound time.Duration, do func() error) {
	t.Helper()
	began := time.Now()
	err := do()
	if core.KindOf(err) != core.Busy || err == nil {
		t.Errorf("%s: got %v", what, err)
	}
	if took := time.Since(began); took > bound {
		t.Errorf("%s: it took %v", what, took)
	}
}

func TestWaitingHasAnEnd(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	s := open(t, dsn+"&cache=0&statement_timeout=300ms&lock_timeout=200ms")
	c := newCounters(t, s, 1)
	admin := connect(t, dsn)
	exec(t, admin, "begin; select no from writing for update")
	busyWithin(t, "an update while another process writes", 5*time.Second, func() error { return c.count(0) })
	exec(t, admin, "rollback; begin; lock table users in access exclusive mode")
	busyWithin(t, "a view of a table that is locked", 5*time.Second, func() error { return readAll(s) })
	busyWithin(t, "an update of a table that is locked", 5*time.Second, func() error { return c.count(0) })
	exec(t, admin, "rollback")
	if err := c.count(0); err != nil {
		t.Error(err)
	}
	c.check(t, open(t, dsn))
}

func TestStatementsHaveAnEnd(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	s := open(t, dsn+"&cache=0&statement_timeout=300ms&lock_timeout=0")
	c := newCounters(t, s, 1)
	admin := connect(t, dsn)
	exec(t, admin, "begin; lock table users in access exclusive mode")
	busyWithin(t, "a view", 5*time.Second, func() error { return readAll(s) })
	busyWithin(t, "an update", 5*time.Second, func() error { return c.count(0) })
	exec(t, admin, "rollback")
	c.check(t)
}

// TestServerGoneForLong expects calls to fail, fast once the server is known to be
// gone, and to succeed again when it is back.
func TestServerGoneForLong(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, false)
	notices := make(chan error, 100)
	s := open(t, server.DSN(t)+"&cache=0&retry=300ms", store.Notifying(func(lost error) { notices <- lost }))
	c := newCounters(t, s, 1)
	server.Stop(t)
	busyWithin(t, "the first view", 3*time.Second, func() error { return readAll(s) })
	busyWithin(t, "the first update", 3*time.Second, func() error { return c.count(0) })
	busyWithin(t, "a later view", 300*time.Millisecond, func() error { return readAll(s) })
	server.Start(t)
	time.Sleep(1100 * time.Millisecond) // the last failure is no longer relied on
	if err := c.count(0); err != nil {
		t.Error(err)
	}
	if err := readAll(s); err != nil {
		t.Error(err)
	}
	c.check(t)
	if lost, back := <-notices, <-notices; lost == nil || back != nil || len(notices) > 0 {
		t.Errorf("notices: %v, %v, and %d more", lost, back, len(notices))
	}
}
