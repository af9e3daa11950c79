package dialecttest

import (
	"fmt"
	"strings"
	"testing"
)

// depth is how deep {deep} and {deepxml} go.
const depth = 4000

// leastBodyLimit leaves room for {deepxml} in a body.
const leastBodyLimit = 64 << 10

// refusalChecks: what cannot be understood is refused in the dialect's own form.
func refusalChecks(s *Spec) []check {
	var all []check
	for _, c := range s.Refused {
		all = append(all, check{"refuse/" + c.Name, func(t testing.TB, s *Spec) { checkCase(t, s, c) }})
	}
	return append(all,
		check{"refuse/chunked big body", checkChunked},
		check{"refuse/declared length", checkDeclaredLength},
		check{"refuse/panic", checkPanic},
	)
}

func checkCase(t testing.TB, s *Spec, c Case) {
	st := newFixture(t, s)
	if strings.Contains(string(c.Request), "{id}") {
		st.create()
	}
	st.letBodies()
	st.refused(st.send(c.Request), c.Status)
	if c.Name == BigBody || c.Name == DeepBody {
		st.letBodies()
		st.must(s.List) // it must have survived
	}
}

func (st *fixture) letBodies() {
	if st.spec.BodyLimit < leastBodyLimit {
		st.t.Fatalf("BodyLimit is %d; the suite needs at least %d", st.spec.BodyLimit, leastBodyLimit)
	}
	st.let("big", strings.Repeat("x", st.spec.BodyLimit+1))
	st.let("deep", strings.Repeat("[", depth)+strings.Repeat("]", depth))
	st.let("deepxml", strings.Repeat("<a>", depth)+strings.Repeat("</a>", depth))
}

// checkChunked sends the big body without saying how long it is.
func checkChunked(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	c, found := s.refusedCase(BigBody)
	if !found {
		t.Skip("there is no case " + BigBody)
	}
	if strings.Contains(string(c.Request), "{id}") {
		st.create()
	}
	st.letBodies()
	ex := st.last(c.Request)
	body := st.player.vars.expand(ex.body.text)
	ex.headers = append(ex.headers, "Transfer-Encoding: chunked")
	ex.body.text = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	st.refused(st.play(ex), c.Status)
}

// checkDeclaredLength says that a huge body follows and sends none of it: who
// waits for it does not answer.
func checkDeclaredLength(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	ex := st.last(s.Update)
	ex.headers = append(ex.headers, "Content-Length: 1099511627776")
	ex.body.text = ""
	c, _ := s.refusedCase(BigBody)
	st.refused(st.play(ex), c.Status)
}

// checkPanic lets the store panic under each script.
func checkPanic(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	for _, script := range s.scripts() {
		st.store.set(panicAll, 0)
		st.refused(st.send(script.text), 500)
		st.store.set(sound, 0)
		st.must(s.Show)
	}
}

func (s *Spec) refusedCase(name string) (Case, bool) {
	for _, c := range s.Refused {
		if c.Name == name {
			return c, true
		}
	}
	return Case{}, false
}

// last returns a script's last exchange, to be changed before it is played.
func (st *fixture) last(script Script) *exchange {
	st.t.Helper()
	tr, err := parse(string(script), ".")
	if err != nil {
		st.t.Fatal(err)
	}
	return tr.exchanges[len(tr.exchanges)-1]
}

// namedScript is one of a spec's five.
type namedScript struct {
	name string
	text Script
}

func (s *Spec) scripts() []namedScript {
	return []namedScript{{"Show", s.Show}, {"List", s.List}, {"Create", s.Create}, {"Update", s.Update}, {"Delete", s.Delete}}
}
