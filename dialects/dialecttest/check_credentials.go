package dialecttest

import (
	"strings"
	"testing"
)

// credentialChecks: who may not, cannot.
func credentialChecks(s *Spec) []check {
	var all []check
	for _, c := range s.Credentials {
		all = append(all, check{"credentials/" + c.label(), func(t testing.TB, s *Spec) { checkCredential(t, s, c) }})
	}
	return all
}

func (c Credential) label() string {
	if c.Name == "" {
		return string(c.AccessLevel)
	}
	return string(c.AccessLevel) + ", " + c.Name
}

func checkCredential(t testing.TB, s *Spec, c Credential) {
	st := newFixture(t, s)
	st.create()
	before := st.must(s.Show)
	right := st.player.vars["auth"]
	auth, err := st.player.vars.mustExpand(c.Auth)
	if err != nil {
		t.Fatal(err)
	}
	st.let("auth", auth)
	answer := st.send(s.Show)
	if c.AccessLevel == Right {
		st.judgeRight(answer, c.Status)
		return
	}
	if c.Status < 400 {
		t.Fatalf("the spec wants status %d for credentials that are not right", c.Status)
	}
	st.refused(answer, c.Status)
	if strings.Contains(string(answer.Body), s.mark()) {
		t.Errorf("the refusal shows the user: %s", st.tell(answer))
	}
	st.cannotWrite(c)
	st.let("auth", right)
	st.unchanged(before)
}

// unchanged wants the user to be shown as before.
func (st *fixture) unchanged(before *Answer) {
	st.t.Helper()
	after := st.send(st.spec.Show)
	if !after.OK() {
		st.t.Fatalf("Show answers no more: %s", st.tell(after))
	}
	if a, b := before.dump(), after.dump(); a != b {
		st.t.Errorf("Show answers differently afterwards:\n%s", diff(a, b))
	}
}

func (st *fixture) judgeRight(answer *Answer, status int) {
	st.t.Helper()
	if !answer.OK() || answer.Status != status {
		st.t.Errorf("want status %d, have %s", status, st.tell(answer))
	}
	if !strings.Contains(string(answer.Body), st.spec.mark()) {
		st.t.Errorf("the answer does not show the user: %s", st.tell(answer))
	}
}

// cannotWrite lets the caller try to change things. One who is only weak may be
// allowed something else, and is asked to do no more than what Show does.
func (st *fixture) cannotWrite(c Credential) {
	st.t.Helper()
	if c.AccessLevel == Weak {
		return
	}
	for _, script := range []Script{st.spec.List, st.spec.Update, st.spec.Delete, st.spec.Create} {
		st.refused(st.send(script), 0)
	}
}
