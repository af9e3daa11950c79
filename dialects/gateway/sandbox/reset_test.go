package sandbox_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

func addTo(t *testing.T, s *sandbox.Sandbox, name string) error {
	t.Helper()
	_, err := s.AddUser(t.Context(), &core.User{Realm: core.MainRealm, Username: name, Enabled: true}, "s3cret-pass")
	return err
}

// More snapshots than stores are kept open for, each of which is returned to twice.
func TestEachResetBeginsWithItsSnapshot(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	a, err := s.manager.Get("a")
	if err != nil {
		t.Fatal(err)
	}
	const snapshots = 6
	for i := range snapshots {
		s.call(201, nil, "POST", "sandboxes/a/snapshots", fmt.Sprintf(`{"name":"with-%d"}`, i))
		if err := addTo(t, a, fmt.Sprint("user", i)); err != nil {
			t.Fatal(err)
		}
	}
	for round := range 2 {
		for i := range snapshots {
			if err := a.Reset(fmt.Sprint("with-", i)); err != nil {
				t.Fatal(err)
			}
			for n := range snapshots {
				if err := addTo(t, a, fmt.Sprint("user", n)); (core.KindOf(err) == core.Invalid) != (n < i) {
					t.Errorf("round %d: with-%d and user%d: %v", round, i, n, err)
				}
			}
		}
	}
}

// More sandboxes than stores are kept open for are reset at once.
func TestSandboxesThatAreResetAtOnceAreAllServed(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	const sandboxes = 8
	all := make([]*sandbox.Sandbox, sandboxes)
	for i := range all {
		name := fmt.Sprint("s", i)
		s.create(name, "")
		var err error
		if all[i], err = s.manager.Get(name); err != nil {
			t.Fatal(err)
		}
		if err := addTo(t, all[i], "ann"); err != nil {
			t.Fatal(err)
		}
		s.call(201, nil, "POST", "sandboxes/"+name+"/snapshots", `{"name":"with-ann"}`)
	}
	for _, a := range all {
		if err := a.Reset("with-ann"); err != nil {
			t.Fatal(err)
		}
	}
	for i, a := range slices.Backward(all) { // the last ones have their stores open
		if err := addTo(t, a, "bob"); err != nil {
			t.Errorf("sandbox %d: %v", i, err)
		}
		if err := addTo(t, a, "ann"); core.KindOf(err) != core.Invalid {
			t.Errorf("sandbox %d has no ann: %v", i, err)
		}
	}
}

func TestASandboxThatWasDroppedIsGone(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	a, err := s.manager.Get("a")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.manager.Drop("a"); err != nil {
		t.Fatal(err)
	}
	if err := addTo(t, a, "ann"); err == nil {
		t.Error("a user is added")
	}
	if err := a.Reset(""); err == nil {
		t.Error("it is reset")
	}
}

// A process of tests ends right after its last sandbox.
func TestNothingIsLeftOfTheLastSandbox(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	m := sandbox.New(sandbox.Config{})
	for range 2 {
		s, err := m.Create(t.Context(), sandbox.Creation{})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := addTo(t, s, "ann"); err != nil {
				t.Fatal(err)
			}
			if err := s.Reset(""); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Drop(s.Name()); err != nil {
			t.Fatal(err)
		}
		left, err := os.ReadDir(folder)
		if err != nil || len(left) != 0 {
			t.Errorf("left: %v %v", left, err)
		}
	}
}
