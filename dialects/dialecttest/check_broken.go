package dialecttest

import (
	"strings"
	"testing"
)

// brokenChecks: a store that fails is no client's business, and leaves nothing
// half written.
func brokenChecks() []check {
	all := []check{
		{"broken store/its words stay inside", checkBroken},
		{"broken store/busy is busy", checkBusy},
	}
	for _, name := range []string{"Create", "Update", "Delete"} {
		all = append(all, check{"broken store/" + name + " is whole or nothing", func(t testing.TB, s *Spec) { checkWhole(t, s, name) }})
	}
	return all
}

func checkBroken(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	for _, script := range s.scripts() {
		noted := len(st.Notes.Errors())
		st.store.set(failAll, 0)
		st.refused(st.send(script.text), 500)
		st.store.set(sound, 0)
		if notes := strings.Join(st.Notes.Errors()[noted:], "\n"); !strings.Contains(notes, internals) {
			t.Errorf("%s: the log is not told what broke: %q", script.name, notes)
		}
	}
	st.must(s.Show)
}

func checkBusy(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	for _, script := range s.scripts() {
		st.store.set(busyAll, 0)
		a := st.send(script.text)
		st.refused(a, 503)
		if a.Header.Get("Retry-After") == "" {
			t.Errorf("%s: a busy answer without Retry-After", script.name)
		}
	}
}

// mostWrites bounds the writes one request may need.
const mostWrites = 50

// checkWhole lets the first write of a request fail, then the second, and so on:
// each time the request is refused, and nothing of it is left.
func checkWhole(t testing.TB, s *Spec, name string) {
	for n := 1; n <= mostWrites; n++ {
		st := newFixture(t, s)
		if name != "Create" {
			st.create()
		}
		if fired := st.breakWrite(name, n); !fired {
			return
		}
	}
	t.Errorf("%s writes more than %d times", name, mostWrites)
}

// breakWrite lets the nth write of the script's last request fail, and tells
// whether there is an nth.
func (st *fixture) breakWrite(name string, n int) (fired bool) {
	st.t.Helper()
	script := map[string]Script{"Create": st.spec.Create, "Update": st.spec.Update, "Delete": st.spec.Delete}[name]
	st.playPrelude(script)
	before := st.picture(name)
	st.store.set(failWrite, n)
	answer := st.play(st.last(script))
	fired = st.store.fired()
	st.store.set(sound, 0)
	if !fired {
		return false
	}
	st.refused(answer, 500)
	if after := st.picture(name); before != after {
		st.t.Errorf("write %d failed, and something is left:\n%s", n, diff(before, after))
	}
	return true
}

// playPrelude plays what a script does before its last request.
func (st *fixture) playPrelude(script Script) {
	st.t.Helper()
	tr, err := parse(string(script), ".")
	if err != nil {
		st.t.Fatal(err)
	}
	for _, ex := range tr.exchanges[:len(tr.exchanges)-1] {
		if a := st.play(ex); !a.OK() {
			st.t.Fatalf("not a success: %s", st.tell(a))
		}
	}
}

// picture is what a client sees of the store.
func (st *fixture) picture(name string) string {
	st.t.Helper()
	text := st.must(st.spec.List).dump()
	if name != "Create" {
		text += "\n" + st.must(st.spec.Show).dump()
	}
	return text
}
