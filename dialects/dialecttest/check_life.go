package dialecttest

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// lifeChecks: a user can be made, seen, changed and taken away, and the core
// knows of it.
func lifeChecks() []check {
	return []check{
		{"life/created, shown, listed", checkBirth},
		{"life/updated", checkUpdate},
		{"life/deleted", checkDeath},
		{"life/a taken name is refused", checkTaken},
		{"life/name and paths are its own", checkName},
	}
}

func checkBirth(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	if st.shows(s.List) {
		t.Fatalf("the list has %q before it was created", s.mark())
	}
	st.create()
	if st.stored() == nil {
		t.Errorf("the core knows no %q in realm %q after Create", s.Username, s.realm())
	}
	if !st.shows(s.Show) {
		t.Errorf("Show does not show %q", s.mark())
	}
	if !st.shows(s.List) {
		t.Errorf("List does not have %q", s.mark())
	}
}

// checkUpdate wants a change that the core sees: an Update that does nothing
// proves nothing elsewhere in the suite.
func checkUpdate(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	before := st.stored()
	st.must(s.Update)
	after := st.stored()
	if before == nil || after == nil {
		t.Fatal("the core does not have the user")
	}
	if before.ID != after.ID || after.Revision <= before.Revision {
		t.Errorf("Update changed nothing: revision %d, then %d", before.Revision, after.Revision)
	}
	st.must(s.Show)
}

func checkDeath(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	st.must(s.Delete)
	if st.stored() != nil {
		t.Error("the core has the user still")
	}
	st.refused(st.send(s.Show), 0)
	st.refused(st.send(s.Update), 0)
	if st.shows(s.List) {
		t.Error("List has the user still")
	}
}

func checkTaken(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	before := st.must(s.List)
	st.refused(st.send(s.Create), 0)
	if after := st.must(s.List); string(before.Body) != string(after.Body) {
		t.Errorf("the refused Create left something behind:\n%s", diff(string(before.Body), string(after.Body)))
	}
}

func checkName(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	d := st.mux[0]
	if d.Name() != s.Name {
		t.Errorf("the dialect's name is %q, the spec's %q", d.Name(), s.Name)
	}
	for _, script := range s.scripts() {
		if path := st.request(script.text).URL.Path; !d.Owns(path) {
			t.Errorf("the dialect does not own %s", path)
		}
	}
}

// stored returns the created user as the core has it, living; nil if it has not.
func (st *fixture) stored() *core.User {
	st.t.Helper()
	var found *core.User
	err := st.Dir.View(context.Background(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(st.spec.realm(), st.spec.Username))
		if err == nil {
			found = u.Clone()
		}
		return err
	})
	if err != nil && core.KindOf(err) != core.NotFound {
		st.t.Fatal(err)
	}
	return found
}
