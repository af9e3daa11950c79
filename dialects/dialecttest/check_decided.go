package dialecttest

import (
	"maps"
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// Reads returns operations for Spec.Harmless that change nothing.
func Reads(operations ...string) map[string]string { return Because("it reads", operations...) }

// Because returns operations for Spec.Harmless that share a reason.
func Because(reason string, operations ...string) map[string]string {
	all := map[string]string{}
	for _, name := range operations {
		all[name] = reason
	}
	return all
}

// Merge returns what is in any of the maps.
func Merge(some ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range some {
		maps.Copy(all, m)
	}
	return all
}

// changes returns how many transactions of the store changed something so far.
func (st *fixture) changes() int { return st.audit.changes() }

// checkDecided wants each operation of the dialect to be that of a takeover or a grant, which
// the core refuses, or to be harmless for a reason.
func checkDecided(t testing.TB, s *Spec) {
	st := newAuthorityFixture(t, s)
	lister, ok := st.mux[0].(dialects.Lister)
	if !ok {
		t.Fatal("the dialect does not list its operations")
	}
	decided := decidedOperations(t, s)
	listed := lister.Operations()
	for _, name := range slices.Compact(slices.Sorted(slices.Values(listed))) {
		if !decided[name] && s.Harmless[name] == "" {
			t.Errorf("no case of Takeovers and Grants is of the operation %s, and Harmless has no reason", name)
		}
	}
	for name := range s.Harmless {
		if decided[name] || !slices.Contains(listed, name) {
			t.Errorf("Harmless has %s, which is decided or not an operation", name)
		}
	}
}

// decidedOperations returns the operations of the takeovers and grants.
func decidedOperations(t testing.TB, s *Spec) map[string]bool {
	t.Helper()
	decided := map[string]bool{}
	play := func(prepare, request Script) {
		st := newAuthorityFixture(t, s)
		st.prepare(prepare)
		st.must(request)
		noted := st.Notes.Operations()
		decided[noted[len(noted)-1]] = true
	}
	for _, c := range s.Takeovers {
		play(c.Prepare, c.Request)
	}
	for _, g := range s.Grants {
		play(g.Prepare, g.Request)
	}
	return decided
}
