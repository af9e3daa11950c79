package dialecttest

import (
	"fmt"
	"strings"
	"testing"
)

// fixture is a world with one player on it, for one check.
type fixture struct {
	*Server
	t      testing.TB
	spec   *Spec
	player *player
}

func newFixture(t testing.TB, s *Spec) *fixture {
	t.Helper()
	w := NewServer(t, s.build)
	return &fixture{Server: w, t: t, spec: s, player: newPlayer(t, w.Target())}
}

// send plays a script until an answer is no success, and returns the last one.
func (st *fixture) send(script Script) *Answer {
	st.t.Helper()
	tr, err := parse(string(script), ".")
	if err != nil {
		st.t.Fatalf("%v in the script\n%s", err, script)
	}
	var last *Answer
	for _, ex := range tr.exchanges {
		if last = st.play(ex); !last.OK() {
			break
		}
	}
	return last
}

// play sends one request; only a success has something to keep.
func (st *fixture) play(ex *exchange) *Answer {
	st.t.Helper()
	a, err := st.player.send(ex)
	if err == nil && a.OK() {
		err = st.player.keep(ex, a)
	}
	if err != nil {
		st.t.Fatal(err)
	}
	return a
}

// must is send for a script that must succeed.
func (st *fixture) must(script Script) *Answer {
	st.t.Helper()
	a := st.send(script)
	if !a.OK() {
		st.t.Fatalf("not a success: %s\nin the script\n%s", st.tell(a), script)
	}
	return a
}

// refused holds an answer to a refusal: the status (0 is any of 4xx), the
// dialect's form, and nothing of what the store says of itself.
func (st *fixture) refused(a *Answer, status int) {
	st.t.Helper()
	if status != a.Status && (status != 0 || a.Status < 400 || a.Status > 499) {
		st.t.Errorf("want status %s, have %s", orAny(status), st.tell(a))
	}
	if err := st.spec.Form(a); err != nil {
		st.t.Errorf("not an error in the dialect's form: %v: %s", err, st.tell(a))
	}
	for _, word := range []string{"zebra", "quota", "goroutine", ".go:"} {
		if strings.Contains(string(a.Body), word) {
			st.t.Errorf("the answer tells of internals: %s", st.tell(a))
		}
	}
}

func orAny(status int) string {
	if status == 0 {
		return "4xx"
	}
	return fmt.Sprint(status)
}

func (st *fixture) tell(a *Answer) string { return statusLine(a) + ": " + excerpt(a.Body) }

// create makes the user that the other scripts name.
func (st *fixture) create() {
	st.t.Helper()
	st.must(st.spec.Create)
	if st.player.vars["id"] == "" {
		st.t.Fatal(`Create keeps no {id}: it needs a line such as "# let id = json:user.id"`)
	}
}

// shows reports whether the script's answer has the created user in it.
func (st *fixture) shows(script Script) bool {
	st.t.Helper()
	return strings.Contains(string(st.must(script).Body), st.spec.mark())
}

// let sets a variable for what is sent from now on.
func (st *fixture) let(name, value string) { st.player.vars[name] = value }
