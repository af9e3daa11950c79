package sandbox_test

import (
	"fmt"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// Sandboxes whose stores rest, since others were asked after them, are as they were.
func TestManySandboxesKeepTheirUsers(t *testing.T) {
	t.Parallel()
	m := sandbox.New(sandbox.Config{})
	t.Cleanup(m.Close)
	var all []*sandbox.Sandbox
	for i := range 40 {
		s, err := m.Create(t.Context(), sandbox.Creation{})
		if err == nil {
			_, err = s.AddUser(t.Context(), &core.User{Realm: core.MainRealm, Username: fmt.Sprint("user", i), Enabled: true}, "s3cret-pass")
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	for i, s := range all {
		fork, err := m.Create(t.Context(), sandbox.Creation{Fork: s.Name()})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*sandbox.Sandbox{s, fork} {
			_, err := s.AddUser(t.Context(), &core.User{Realm: core.MainRealm, Username: fmt.Sprint("user", i), Enabled: true}, "s3cret-pass")
			if core.KindOf(err) != core.Invalid {
				t.Fatalf("%s: user%d is added again: %v", s.Name(), i, err)
			}
		}
	}
}

// A fork and a snapshot of a sandbox have what was changed since the last one.
func TestEachForkHasTheLatestChange(t *testing.T) {
	t.Parallel()
	m := sandbox.New(sandbox.Config{})
	t.Cleanup(m.Close)
	s, err := m.Create(t.Context(), sandbox.Creation{})
	if err != nil {
		t.Fatal(err)
	}
	add := func(to *sandbox.Sandbox, name string) error {
		_, err := to.AddUser(t.Context(), &core.User{Realm: core.MainRealm, Username: name, Enabled: true}, "s3cret-pass")
		return err
	}
	for _, name := range []string{"ann", "bob"} {
		for range 2 {
			fork, err := m.Create(t.Context(), sandbox.Creation{Fork: s.Name()})
			if err != nil {
				t.Fatal(err)
			}
			if err := add(fork, name); err != nil {
				t.Errorf("the fork has %s: %v", name, err)
			}
		}
		if err := add(s, name); err != nil {
			t.Fatal(err)
		}
		fork, err := m.Create(t.Context(), sandbox.Creation{Fork: s.Name()})
		if err != nil {
			t.Fatal(err)
		}
		if err := add(fork, name); core.KindOf(err) != core.Invalid {
			t.Errorf("the fork lacks %s: %v", name, err)
		}
	}
	if err := s.Reset(""); err != nil {
		t.Fatal(err)
	}
	if err := add(s, "ann"); err != nil {
		t.Errorf("the reset kept ann: %v", err)
	}
}
