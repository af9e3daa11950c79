package core_test

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// A user with authority chooses no password of fewer than eight characters, through
// whichever dialect; others do as the dialect allows.
func TestUsersWithAuthorityChooseLongPasswords(t *testing.T) {
	p := authorities(t, "admin", "plain")
	p.grant("admin", "a.role users")
	set := func(who core.Actor, name, plain string) error {
		chosen, err := p.ChoosePassword(context.Background(), plain)
		if err != nil {
			t.Fatal(err)
		}
		return p.as(who, func(tx *core.Tx) error {
			u, err := tx.User(core.ByID(core.MainRealm, p.users[name].ID))
			if err != nil {
				return err
			}
			u.SetPassword(chosen)
			return tx.SaveUser(u)
		})
	}
	admin := p.actor("a", "admin", core.ProofSecret)
	for _, c := range []struct {
		name, plain string
		ok          bool
	}{
		{"admin", "seven77", false},
		{"admin", "élève77", false}, // characters, not bytes
		{"admin", "eight888", true},
		{"plain", "1", true},
	} {
		err := set(admin, c.name, c.plain)
		switch e := core.AsError(err); {
		case c.ok && err != nil:
			t.Errorf("%s, %q: %v", c.name, c.plain, err)
		case !c.ok && (e == nil || e.Kind != core.Invalid || e.Faults[0] != core.Fault{Field: core.FieldPassword, Rule: core.TooShort, Limit: 8}):
			t.Errorf("%s, %q: %v", c.name, c.plain, err)
		}
	}
}
