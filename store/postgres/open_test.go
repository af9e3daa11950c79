package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/postgres"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// changed is a DSN with another database, or further parameters.
func changed(t *testing.T, dsn, database string, parameters ...string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if database != "" {
		u.Path = "/" + database
	}
	q := u.Query()
	for i := 0; i < len(parameters); i += 2 {
		q.Set(parameters[i], parameters[i+1])
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// powerless is the DSN of a schema in which the user may not create tables.
func powerless(t *testing.T, dsn string) string {
	t.Helper()
	exec(t, connect(t, dsn), "create role guest login; create schema closed; grant usage on schema closed to guest")
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User("guest")
	return changed(t, u.String(), "", "search_path", "closed")
}

func TestStoreThatCannotBeOpenedSaysWhy(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, false)
	dsn, newer := server.DSN(t), server.DSN(t)
	if err := open(t, newer).Close(); err != nil {
		t.Fatal(err)
	}
	exec(t, connect(t, newer), "insert into goose_db_version (version_id, is_applied) values (9999, true)")
	exec(t, connect(t, dsn), "create database latin encoding latin1 locale 'C' template template0")
	for name, c := range map[string]struct {
		dsn   string
		words string
		is    error
	}{
		"no server":                   {"postgres://me:geheim@127.0.0.1:1/x?retry=200ms", "refused", nil},
		"no socket":                   {"postgres://me:geheim@/x?host=/nowhere&retry=200ms", "no such file", nil},
		"a server that does not talk": {"postgres://me:geheim@127.0.0.1:" + silent(t) + "/x?retry=0&connect_timeout=1&sslmode=disable", "timeout", nil},
		"no such database":            {changed(t, dsn, "nowhere"), "does not exist", nil},
		"a newer store":               {newer, "newer", store.ErrNewer},
		"texts that are not UTF8":     {changed(t, dsn, "latin"), "LATIN1", nil},
		"a database that only reads":  {changed(t, dsn, "", "default_transaction_read_only", "on"), "cannot be written", store.ErrNotWritable},
		"no such schema":              {changed(t, dsn, "", "search_path", "nowhere"), "search_path", store.ErrNotWritable},
		"no right to create tables":   {powerless(t, dsn), "may not create", store.ErrNotWritable},
		"an unknown setting":          {changed(t, dsn, "", "pol", "3"), "pol", nil},
		"a pool that is not a number": {changed(t, dsn, "", "pool", "many"), "pool=many", nil},
		"an empty pool":               {changed(t, dsn, "", "pool", "0"), "pool=0", nil},
		"an invalid time":             {changed(t, dsn, "", "retry", "5"), "retry=5", nil},
		"not a URL":                   {"postgres://me:geheim@[::1/x", "not a URL", nil},
		"an invalid port":             {"postgres://me:geheim@localhost:http/x", "postgres", nil},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			s, err := store.Open(context.Background(), c.dsn)
			if err == nil {
				t.Fatal("it opened", s.Close())
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			if !strings.Contains(err.Error(), c.words) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("got %v", err)
			}
			if strings.Contains(err.Error(), "geheim") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

func TestStoreIsFoundAgainUnderBothNames(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	for i, scheme := range []string{"postgres", "postgresql"} {
		s, err := store.Open(context.Background(), scheme+strings.TrimPrefix(dsn, "postgres"))
		if err != nil {
			t.Fatal(err)
		}
		c := &counters{s, []int{i}}
		if i == 0 {
			c = newCounters(t, s, 1)
		}
		if err := c.count(0); err != nil {
			t.Error(err)
		}
		c.check(t)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestStoresOpenedAtOnceMigrateOnce opens an empty place many times in the same moment.
func TestStoresOpenedAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			s, err := postgres.Open(context.Background(), dsn)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	results, err := connect(t, dsn).Exec(context.Background(),
		"select count(*) from goose_db_version where version_id = 1; select count(*) from writing").ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if n := string(r.Rows[0][0]); n != "1" {
			t.Errorf("%s migrations or states", n)
		}
	}
}

func TestMigrationsAreListedAndApplied(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	m, err := store.MigrationsOf(dsn)
	if err != nil {
		t.Fatal(err)
	}
	pending := func() (n int) {
		list, err := m.Status(context.Background())
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		for _, one := range list {
			if one.Applied.IsZero() {
				n++
			}
		}
		return n
	}
	if n := pending(); n == 0 {
		t.Error("nothing is pending before there is a store")
	}
	results, err := connect(t, dsn).Exec(context.Background(), "select count(*) from pg_tables where schemaname = current_schema()").ReadAll()
	if err != nil || string(results[0].Rows[0][0]) != "0" {
		t.Errorf("asking made tables: %v", err)
	}
	if done, err := m.Up(context.Background()); err != nil || len(done) == 0 {
		t.Fatal(done, err)
	}
	if n := pending(); n != 0 {
		t.Errorf("%d are pending after Up", n)
	}
	if done, err := m.Up(context.Background()); err != nil || len(done) != 0 {
		t.Error(done, err)
	}
	exec(t, connect(t, dsn), "insert into goose_db_version (version_id, is_applied) values (9999, true)")
	if _, err := m.Up(context.Background()); !errors.Is(err, store.ErrNewer) {
		t.Errorf("a newer store: %v", err)
	}
}

// TestServerThatFallsSilentIsGivenUp holds everything that is sent to the server.
func TestServerThatFallsSilentIsGivenUp(t *testing.T) {
	t.Parallel()
	p, dsn := newProxy(t, pgtest.Start(t, false).DSN(t), func() manner { return whole })
	s := open(t, dsn+"&cache=0&statement_timeout=200ms&retry=200ms&connect_timeout=1")
	c := newCounters(t, s, 1)
	release := p.stall()
	defer release()
	busyWithin(t, "a view", 10*time.Second, func() error { return readAll(s) })
	busyWithin(t, "an update", 10*time.Second, func() error { return c.count(0) })
	release()
	time.Sleep(1100 * time.Millisecond)
	if err := c.count(0); err != nil {
		t.Error(err)
	}
	c.check(t)
}
