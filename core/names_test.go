package core_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

func named(username, email string) *core.User {
	return &core.User{Realm: core.MainRealm, Username: username, Email: email, Enabled: true}
}

// faultsOf adds u and returns the fields and rules that it broke.
func faultsOf(t *testing.T, d *core.Directory, u *core.User) string {
	t.Helper()
	err := d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		if err := tx.AddUser(u); err != nil {
			return err
		}
		return errUndo
	})
	if errors.Is(err, errUndo) {
		return "[]"
	}
	e := core.AsError(err)
	if e == nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range e.Faults {
		list = append(list, fmt.Sprint(f.Field, " ", map[core.Rule]string{core.Taken: "taken", core.Malformed: "malformed"}[f.Rule]))
	}
	return fmt.Sprint(list)
}

var errUndo = errors.New("undo")

func TestAUserNameIsNotTheAddressOfAnother(t *testing.T) {
	d, _ := directory(t)
	add(t, d, named("boss", "boss@corp.example"))
	add(t, d, named("ceo@corp.example", "private@corp.example"))
	for _, c := range []struct{ username, email, want string }{
		{"BOSS@corp.example", "", "[username taken]"},
		{"ann", "CEO@corp.example", "[email taken]"},
		{"boss@corp.example", "ceo@corp.example", "[username taken email taken]"},
		{"boss", "ceo@corp.example", "[username taken email taken]"},
		{"boss@corp.example", "boss@corp.example", "[username taken email taken]"},
		{"ann@corp.example", "ann@corp.example", "[]"},
	} {
		if got := faultsOf(t, d, named(c.username, c.email)); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.username, c.email, got, c.want)
		}
	}
	other := named("boss@corp.example", "")
	other.Realm = "other"
	if got := faultsOf(t, d, other); got != "[]" {
		t.Errorf("another realm: %s", got)
	}
}

func TestAChangedNameIsJudgedAndAnOldOneIsNot(t *testing.T) {
	d, _ := directory(t)
	add(t, d, named("boss", "boss@corp.example"))
	old := named("boss@corp.example", "x@corp.example")
	update(t, d, func(tx *core.Tx) error { return tx.ImportUser(old) })
	old.Name.Given = "Old"
	update(t, d, func(tx *core.Tx) error { return tx.SaveUser(old) })
	ann := add(t, d, named("ann", "ann@corp.example"))
	for _, change := range []func(*core.User){
		func(u *core.User) { u.Username = "Boss@Corp.example" },
		func(u *core.User) { u.Email = "BOSS@corp.example" },
		func(u *core.User) { u.Username = "ann\u200b" },
	} {
		u := ann.Clone()
		change(u)
		err := d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error { return tx.SaveUser(u) })
		if core.KindOf(err) != core.Invalid {
			t.Errorf("%q, %q: %v", u.Username, u.Email, err)
		}
	}
}

// A login that two users could mean is refused, not guessed.
func TestAnAmbiguousLoginFindsNoOne(t *testing.T) {
	d, _ := directory(t)
	boss := add(t, d, named("boss", "boss@corp.example"))
	update(t, d, func(tx *core.Tx) error { return tx.ImportUser(named("Boss@corp.example", "x@corp.example")) })
	err := d.View(context.Background(), func(tx *core.Tx) error {
		if _, _, err := tx.ByLogin(core.MainRealm, "boss@corp.EXAMPLE", false); core.KindOf(err) != core.NotFound {
			t.Errorf("it finds one: %v", err)
		}
		u, byEmail, err := tx.ByLogin(core.MainRealm, "BOSS", false)
		if err != nil || u.ID != boss.ID || byEmail {
			t.Errorf("the name: %v", err)
		}
		u, byEmail, err = tx.ByLogin(core.MainRealm, "X@corp.example", true)
		if err != nil || u.ID == boss.ID || !byEmail {
			t.Errorf("the address: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Letters of ASCII look like others too: a client cannot choose such a name.
func TestASCIINamesThatLookLikeAnAdministrators(t *testing.T) {
	d, _ := directory(t)
	d.AddAuthoritySource(roles{"a"})
	admin := coretest.User("admin")
	add(t, d, admin)
	update(t, d, func(tx *core.Tx) error {
		role := &core.Group{Realm: core.MainRealm, Kind: "a.role", Name: "all", Body: core.NewDocument([]byte("users"))}
		if err := tx.SaveGroup(role); err != nil {
			return err
		}
		_, err := tx.Join(admin, role)
		return err
	})
	for name, want := range map[string]bool{"adrnin": true, "ADRNIN": true, "adm1n": false, "administrator": false, "adnin": false} {
		err := d.Update(context.Background(), core.Actor{}, func(tx *core.Tx) error { return tx.AddUser(named(name, "")) })
		if (core.KindOf(err) == core.Invalid) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := faultsOf(t, d, named("adrnin", "")); got != "[]" {
		t.Errorf("of the operator: %s", got)
	}
}

// Names that only look like another are refused where they matter.
func TestNamesThatLookLikeOthers(t *testing.T) {
	d, _ := directory(t)
	d.AddAuthoritySource(roles{"a"})
	admin, ordinary := coretest.User("admin"), coretest.User("paul")
	add(t, d, admin)
	add(t, d, ordinary)
	update(t, d, func(tx *core.Tx) error {
		role := &core.Group{Realm: core.MainRealm, Kind: "a.role", Name: "all", Body: core.NewDocument([]byte("users"))}
		if err := tx.SaveGroup(role); err != nil {
			return err
		}
		_, err := tx.Join(admin, role)
		return err
	})
	for email, want := range map[string]string{
		"admin@\uff45xample.com": "[email taken]", "admin@example.com\ufe0f": "[email taken]", "admin\u200b@example.com": "[email malformed]",
		"jose@ex\u00e1mple.com": "[]", "\u0430dmin@example.com": "[email taken]", "admin@ex\u0430mple.com": "[email taken]",
		"p\u0430ul@example.com": "[]", // Cyrillic too, but Paul holds no rights
	} {
		if got := faultsOf(t, d, named("someone", email)); got != want {
			t.Errorf("%q: %s, want %s", email, got, want)
		}
	}
	for _, c := range []struct{ username, want string }{
		{"admin\u200b", "[username malformed]"},
		{"admin\r\nX: y", "[username malformed]"},
		{"\u202enimda", "[username malformed]"},
		{"ad\u00admin", "[username malformed]"},
		{"ＡＤＭＩＮ", "[username taken]"},
		{"ｐａｕｌ", "[username taken]"},
		{"аdmin", "[username taken]"},                  // Cyrillic
		{"\u0430dmin@example.com", "[username taken]"}, // like the address
		{"раul", "[]"},                                 // Cyrillic too, but Paul holds no rights
		{"admin\u034f", "[username malformed]"},
		{"admin\u3164", "[username malformed]"},
		{"admin\u115f", "[username malformed]"},
		{"admin\u2800", "[username malformed]"},
		{"admin\ufe0f", "[username taken]"},
		{"paul\ufe0f", "[username taken]"},
		{"adm\u0131\u0307n", "[username taken]"},
		{"\u13aadmin", "[username taken]"}, // Cherokee
		{"\u1d00dmin", "[username taken]"}, // a small capital
		{"ad\u043cin", "[username taken]"}, // Cyrillic
		{"\u0430\u0501min", "[username taken]"},
		{"ann\u2764\ufe0f", "[]"}, {"ädmin", "[]"}, {"admïn", "[]"}, {"ædmin", "[]"}, {"ạdmin", "[]"}, {"用dmin", "[]"},
		{"josé", "[]"}, {"Øyvind", "[]"}, {"админ", "[]"}, {"李明", "[]"}, {"adm1n", "[]"},
	} {
		if got := faultsOf(t, d, named(c.username, "")); got != c.want {
			t.Errorf("%q: %s, want %s", c.username, got, c.want)
		}
	}
}
