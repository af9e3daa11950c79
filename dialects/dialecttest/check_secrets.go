package dialecttest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// secretChecks: no answer and no note holds a hash, a key or a password.
func secretChecks() []check {
	return []check{
		{"secrets/in no answer and no note", checkSecrets},
		{"secrets/operations are fixed words", checkOperations},
	}
}

// heard is one answer and the name of what it answers.
type heard struct {
	name   string
	answer *Answer
}

func checkSecrets(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	all := st.everything()
	hashes := st.hashes()
	for _, secret := range s.Secrets {
		st.mustBeSecret(secret)
	}
	for _, h := range all {
		text := h.answer.dump()
		for _, secret := range s.Secrets {
			st.judgeSecret(h.name, text, secret)
		}
		st.judgeImplied(h.name, text, hashes)
	}
	st.judgeNotes(hashes)
	for name := range s.Shows {
		if !slices.ContainsFunc(all, func(h heard) bool { return h.name == name }) {
			t.Errorf("Shows names %q, which is not a script", name)
		}
	}
}

// everything plays all scripts and cases, refused callers and a broken store.
func (st *fixture) everything() (all []heard) {
	s := st.spec
	hear := func(name string, script Script) { all = append(all, heard{name, st.send(script)}) }
	hear("Create", s.Create)
	hear("Show", s.Show)
	hear("List", s.List)
	hear("Update", s.Update)
	hear("Create again", s.Create)
	all = append(all, st.refusals()...)
	st.store.set(failAll, 0)
	hear("Show on a broken store", s.Show)
	hear("Update on a broken store", s.Update)
	st.store.set(sound, 0)
	return all
}

func (st *fixture) refusals() (all []heard) {
	st.letBodies()
	for _, c := range st.spec.Refused {
		all = append(all, heard{c.Name, st.send(c.Request)})
	}
	auth := st.player.vars["auth"]
	for _, c := range st.spec.Credentials {
		if c.AccessLevel != Right {
			st.let("auth", st.player.vars.expand(c.Auth))
			all = append(all, heard{"Show with credentials " + c.label(), st.send(st.spec.Show)})
			st.let("auth", auth)
		}
	}
	return all
}

// mustBeSecret refuses a marker text that would be found by accident, or never.
func (st *fixture) mustBeSecret(secret string) {
	st.t.Helper()
	if text := st.player.vars.expand(secret); len(text) < 6 || strings.Contains(text, "{") {
		st.t.Fatalf("the secret %q is %q: too short, or a variable that is not there", secret, text)
	}
}

func (st *fixture) judgeSecret(name, text, secret string) {
	st.t.Helper()
	there := strings.Contains(text, st.player.vars.expand(secret))
	allowed := slices.Contains(st.spec.Shows[name], secret)
	switch {
	case there && !allowed:
		st.t.Errorf("the answer to %s holds the secret %s", name, secret)
	case allowed && !there:
		st.t.Errorf("the answer to %s does not hold %s, though Shows allows it", name, secret)
	}
}

// judgeImplied looks for what no spec needs to name: the hashes, and the caller's
// own credentials, which a list of everybody's keys may hold.
func (st *fixture) judgeImplied(name, text string, hashes []string) {
	st.t.Helper()
	secrets := hashes
	if !slices.Contains(st.spec.Shows[name], "{auth}") {
		secrets = slices.Concat(hashes, st.authValues())
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			st.t.Errorf("the answer to %s holds %s", name, secret)
		}
	}
}

func (st *fixture) judgeNotes(hashes []string) {
	st.t.Helper()
	var secrets []string
	for _, secret := range st.spec.Secrets {
		secrets = append(secrets, st.player.vars.expand(secret))
	}
	for _, note := range slices.Concat(st.Notes.Operations(), st.Notes.Errors()) {
		for _, secret := range slices.Concat(secrets, hashes, st.authValues()) {
			if strings.Contains(note, secret) {
				st.t.Errorf("the note %q holds the secret %q", note, secret)
			}
		}
	}
}

// hashes returns what the store keeps of everybody's password.
func (st *fixture) hashes() (all []string) {
	err := st.Dir.View(context.Background(), func(tx *core.Tx) error {
		users, err := tx.Users(core.UserQuery{Realm: st.spec.realm(), Deleted: true})
		for _, u := range users {
			if u.Password != "" {
				all = append(all, u.Password)
			}
		}
		return err
	})
	if err != nil {
		st.t.Fatal(err)
	}
	return all
}

// authValues returns what stands behind the colons of {auth}.
func (st *fixture) authValues() (values []string) {
	for _, line := range strings.Split(st.player.vars["auth"], "\n") {
		if _, value, ok := strings.Cut(line, ": "); ok {
			words := strings.Fields(value)
			values = append(values, words[len(words)-1])
		}
	}
	return values
}

var fixedWords = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)*$`)

// checkOperations wants each script to note one operation that holds nothing of
// the request, since metrics keep one series for each.
func checkOperations(t testing.TB, s *Spec) {
	st := newFixture(t, s)
	st.create()
	for _, script := range s.scripts()[:2] {
		before := len(st.Notes.Operations())
		st.must(script.text)
		noted := st.Notes.Operations()[before:]
		if len(noted) == 0 {
			t.Errorf("%s notes no operation", script.name)
		}
		for _, name := range noted {
			if !fixedWords.MatchString(name) {
				t.Errorf("%s notes the operation %q, which is no fixed word", script.name, name)
			}
		}
	}
}

// dump is the whole answer but for what the server adds by the wall clock.
func (a *Answer) dump() string {
	header := a.Header.Clone()
	header.Del("Date")
	var b strings.Builder
	fmt.Fprintln(&b, a.Status)
	_ = header.Write(&b) // a strings.Builder takes everything
	return b.String() + "\n" + string(a.Body)
}
