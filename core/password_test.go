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

// A short password from before a user got authority stays, and stops no other change.
func TestAShortPasswordStopsNoOtherChange(t *testing.T) {
	p := authorities(t, "admin", "late")
	p.grant("admin", "a.role users")
	admin := p.actor("a", "admin", core.ProofSecret)
	short, err := p.ChoosePassword(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.change(admin, "late", func(u *core.User) { u.SetPassword(short) }); err != nil {
		t.Fatal(err)
	}
	p.grant("late", "a.role users")
	// The second change replaces the hash, as a login does when hashes have become stronger.
	stronger, err := p.HashPassword(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	for claim, change := range map[string]func(*core.User){
		"a suspension": func(u *core.User) { u.Enabled = false },
		"a name":       func(u *core.User) { u.Name.Given = "Late" },
		"another hash": func(u *core.User) { u.Password = stronger },
		"a deletion":   func(u *core.User) { u.DeletedAt = p.Now() },
	} {
		if err := p.change(admin, "late", change); err != nil {
			t.Errorf("%s: %v", claim, err)
		}
	}
	again := func(u *core.User) { u.SetPassword(short) }
	if err := p.change(admin, "late", again); core.KindOf(err) != core.Invalid {
		t.Errorf("a short password after the authority: %v", err)
	}
}
