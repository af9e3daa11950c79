package dialecttest

import (
	"cmp"
	"testing"
)

// Missing is what a probe finds where Look finds nothing.
const Missing = "(missing)"

// presenceChecks: each writable field in each verb, absent, null and empty.
func presenceChecks(s *Spec) []check {
	var all []check
	for i := range s.Presence {
		r := &s.Presence[i]
		name := "presence/" + r.Verb + " " + r.Field + "/"
		all = append(all,
			check{name + "absent", func(t testing.TB, s *Spec) { checkPresence(t, s, r, "", r.Absent) }},
			check{name + "null", func(t testing.TB, s *Spec) { checkPresence(t, s, r, cmp.Or(r.NullText, "null"), r.Null) }},
			check{name + "empty", func(t testing.TB, s *Spec) { checkPresence(t, s, r, cmp.Or(r.EmptyText, `""`), r.Empty) }},
		)
	}
	return all
}

func checkPresence(t testing.TB, s *Spec, r *Row, value string, want Effect) {
	if want.cannot != "" {
		t.Skip("cannot be sent: " + want.cannot)
	}
	st := newFixture(t, s)
	st.create()
	fresh := st.probe(r)
	st.let("body", r.body(r.Sample))
	st.must(r.Write)
	before, whole := st.probe(r), st.must(s.Show)
	if fresh == before {
		t.Fatalf("%s %s shows as %q before and after: the row proves nothing", r.Field, r.Sample, before)
	}
	st.let("body", r.body(value))
	answer := st.send(r.Write)
	st.judgeEffect(r, want, answer, before)
	if want.status != 0 {
		st.unchanged(whole)
	}
}

func (st *fixture) judgeEffect(r *Row, want Effect, answer *Answer, before string) {
	st.t.Helper()
	switch {
	case want.status != 0:
		st.refused(answer, want.status)
	case !answer.OK():
		st.t.Errorf("not a success: %s", st.tell(answer))
	}
	expected := want.shown
	if want.kept {
		expected = before
	} else if expected == before {
		st.t.Errorf("the field showed %q already: the row proves nothing", before)
	}
	if after := st.probe(r); after != expected {
		st.t.Errorf("the field shows %q, want %q", after, expected)
	}
}

// probe looks at the row's field.
func (st *fixture) probe(r *Row) string {
	st.t.Helper()
	value, err := st.send(cmp.Or(r.Probe, st.spec.Show)).Look(r.Look)
	if err != nil {
		return Missing
	}
	return value
}
