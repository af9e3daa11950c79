package dialecttest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// An audit that lacks a change, or has one that was not made, fails the test whose
// store it is about.
func TestAnAuditThatIsNotTheStoresFails(t *testing.T) {
	ann := coretest.User("ann")
	add := func(tx *core.Tx) error { u := *ann; return tx.AddUser(&u) }
	for claim, c := range map[string]struct {
		act  func(t testing.TB, e *Env)
		says string
	}{
		"what is done through the directory is in the audit": {func(t testing.TB, e *Env) {
			_ = e.Dir.Update(context.Background(), core.Operator(), add)
		}, ""},
		"what fails is not": {func(t testing.TB, e *Env) {
			_ = e.Dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error { return errors.Join(add(tx), errBroken) })
		}, ""},
		"a change without a line": {func(t testing.TB, e *Env) {
			_ = e.audit.Update(context.Background(), func(tx core.StoreTx) error { u := *ann; return tx.PutUser(&u) })
		}, "lacks what the store did:\n  add user main/1/0"},
		"a line without a change": {func(t testing.TB, e *Env) {
			e.audit.Note(context.Background(), core.Event{Outcome: core.OutcomeDone, Changes: []core.Change{{Action: "join", Kind: "onapp.role", Realm: "main", ID: 2, User: 1}}})
		}, "did not do:\n  join onapp.role main/2/1"},
	} {
		r := record(t, func(t testing.TB) { c.act(t, NewEnv(t, SQLite())) })
		if text := strings.Join(r.said, "\n"); r.failed != (c.says != "") || !strings.Contains(text, c.says) {
			t.Errorf("%s: failed %v, wanted %q: %s", claim, r.failed, c.says, text)
		}
	}
}
