package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/store"
)

func openStore(t *testing.T, dsn string) *core.Directory {
	t.Helper()
	s, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return core.New(core.Config{Store: s})
}

func newLoader(dir *core.Directory) *loader {
	return &loader{dir: dir, population: population{3}, hashes: []string{"a", "b"}, batch: 10, report: func(loadProgress) {}}
}

func usersOf(t *testing.T, dir *core.Directory) (users []*core.User) {
	t.Helper()
	err := dir.View(t.Context(), func(tx *core.Tx) (err error) {
		users, err = tx.Users(core.UserQuery{Realm: core.MainRealm})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return users
}

func TestFill(t *testing.T) {
	t.Run("adds the population in its order", func(t *testing.T) {
		dir := openStore(t, "sqlite::memory:")
		if err := newLoader(dir).fill(t.Context(), 25); err != nil {
			t.Fatal(err)
		}
		users := usersOf(t, dir)
		if len(users) != 25 {
			t.Fatalf("%d users", len(users))
		}
		given := cmpopts.IgnoreFields(core.User{}, "ID", "Revision", "UpdatedAt", "PasswordChangedAt")
		for i, u := range users {
			want := population{3}.user(uint64(i), []string{"a", "b"}[i%2])
			if diff := cmp.Diff(want, u, given, cmpopts.IgnoreUnexported(core.User{})); diff != "" || u.ID != int64(i)+1 {
				t.Errorf("user %d has number %d and differs: %s", i, u.ID, diff)
			}
		}
	})
	t.Run("continues where it was interrupted", func(t *testing.T) {
		dir := openStore(t, "sqlite::memory:")
		ctx, cancel := context.WithCancel(t.Context())
		cut := newLoader(dir)
		cut.report = func(now loadProgress) {
			if now.stored == 20 {
				cancel()
			}
		}
		if err := cut.fill(ctx, 95); !errors.Is(err, context.Canceled) {
			t.Fatalf("cut off, it ends with %v", err)
		}
		cutAt := len(usersOf(t, dir))
		var all []loadProgress
		rest := newLoader(dir)
		rest.report = func(now loadProgress) { all = append(all, now) }
		if err := rest.fill(t.Context(), 95); err != nil {
			t.Fatal(err)
		}
		if cutAt >= 95 || len(usersOf(t, dir)) != 95 {
			t.Errorf("%d users, then %d", cutAt, len(usersOf(t, dir)))
		}
		if last := all[len(all)-1]; last.stored != 95 || last.added != uint64(95-cutAt) {
			t.Errorf("it reports %+v at the end, after %d were there", last, cutAt)
		}
	})
	t.Run("adds no user to a full store", func(t *testing.T) {
		dir := openStore(t, "sqlite::memory:")
		for range 2 {
			if err := newLoader(dir).fill(t.Context(), 30); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(usersOf(t, dir)); n != 30 {
			t.Errorf("%d users", n)
		}
	})
	t.Run("refuses a store with other users", func(t *testing.T) {
		dir := openStore(t, "sqlite::memory:")
		if err := dir.Update(t.Context(), core.Operator(), func(tx *core.Tx) error { return tx.AddUser(coretest.User("ann")) }); err != nil {
			t.Fatal(err)
		}
		if err := newLoader(dir).fill(t.Context(), 30); !errors.Is(err, errOtherUsers) {
			t.Errorf("ends with %v", err)
		}
		if n := len(usersOf(t, dir)); n != 1 {
			t.Errorf("%d users", n)
		}
	})
}

func TestHashes(t *testing.T) {
	for name := range hashSchemes() {
		t.Run(name+" proves the password", func(t *testing.T) {
			all, err := makeHashes([]string{name})
			if err != nil {
				t.Fatal(err)
			}
			if got := passwd.Identify(all[0]).String(); got != name {
				t.Errorf("the hash is %s", got)
			}
			if !passwd.Verify(all[0], password) || passwd.Verify(all[0], "another") {
				t.Error("the hash does not tell the password from another")
			}
		})
	}
}

func TestLoadCommand(t *testing.T) {
	var out, terminal bytes.Buffer
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	for range 2 {
		mustRun(t, &out, &terminal, "load", dsn, "--users", "100", "--batch", "7", "--schemes", "onapp_sha1")
	}
	if n := strings.Count(out.String(), "users/s"); n != 10 {
		t.Errorf("%d lines for ten tenths:\n%s", n, &out)
	}
	if n := strings.Count(out.String(), "100 users are stored"); n != 2 {
		t.Errorf("two runs end %d times:\n%s", n, &out)
	}
	if terminal.Len() > 0 {
		t.Errorf("a bar is drawn without a terminal: %q", &terminal)
	}
	if n := len(usersOf(t, openStore(t, dsn))); n != 100 {
		t.Errorf("%d users", n)
	}
}
