package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// mapped makes the attribute mail the address, and first the given name.
func mapped(t *testing.T, d *core.Directory) {
	t.Helper()
	update(t, d, func(tx *core.Tx) error {
		err := core.AddMapping(tx, core.MainRealm, core.Mapping{Attribute: "mail", Field: core.MapEmail})
		if err == nil {
			err = core.AddMapping(tx, core.MainRealm, core.Mapping{Attribute: "first", Field: core.MapGivenName})
		}
		return err
	})
}

// shown is what a user has of both, as "mail|Email first|Given".
func shown(u *core.User) string {
	mail, _ := u.Attributes.Get("mail")
	first, _ := u.Attributes.Get("first")
	return mail + "|" + u.Email + " " + first + "|" + u.Name.Given
}

func TestAMappedAttributeAndItsFieldAreOneValue(t *testing.T) {
	d, _ := directory(t)
	mapped(t, d)
	u := coretest.User("ann")
	u.Email = ""
	u.Attributes.Set("mail", `"ann@example.com"`)
	add(t, d, u)
	for _, step := range []struct {
		name   string
		change func(*core.Tx, *core.User) error
		want   string
	}{
		{"a new user's attribute", func(*core.Tx, *core.User) error { return nil }, `"ann@example.com"|ann@example.com |`},
		{"the attribute", func(_ *core.Tx, u *core.User) error { u.Attributes.Set("first", `"Jos\u00e9"`); return nil }, `"ann@example.com"|ann@example.com "Jos\u00e9"|José`},
		{"the field", func(_ *core.Tx, u *core.User) error { u.Name.Given = `A"n`; return nil }, `"ann@example.com"|ann@example.com "A\"n"|A"n`},
		{"both", func(_ *core.Tx, u *core.User) error {
			u.Name.Given = "Field"
			u.Attributes.Set("first", `"Attribute"`)
			return nil
		}, `"ann@example.com"|ann@example.com "Field"|Field`},
		{"attributes that are replaced without it", func(_ *core.Tx, u *core.User) error { u.Attributes = nil; return nil }, `"ann@example.com"|ann@example.com "Field"|Field`},
		{"an empty text", func(_ *core.Tx, u *core.User) error { u.Attributes.Set("first", `""`); return nil }, `"ann@example.com"|ann@example.com ""|`},
		{"null", func(tx *core.Tx, u *core.User) error { return core.ClearAttribute(tx, u.Realm, &u.Attributes, "mail") }, `null| ""|`},
		{"a cleared field", func(_ *core.Tx, u *core.User) error { u.Email = "ann@example.org"; return nil }, `"ann@example.org"|ann@example.org ""|`},
	} {
		var got string
		update(t, d, func(tx *core.Tx) error {
			now, err := tx.User(core.ByID(u.Realm, u.ID))
			if err != nil {
				return err
			}
			if err := step.change(tx, now); err != nil {
				return err
			}
			err = tx.SaveUser(now)
			got = shown(now)
			return err
		})
		if got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
}

func TestAnImportedUserIsMapped(t *testing.T) {
	d, _ := directory(t)
	mapped(t, d)
	u := coretest.User("ann")
	u.ID, u.Email = 7, ""
	u.Attributes.Set("mail", `"ann@example.com"`)
	update(t, d, func(tx *core.Tx) error { return tx.ImportUser(u.Clone()) })
	update(t, d, func(tx *core.Tx) error {
		got, err := tx.User(core.ByID(u.Realm, u.ID))
		if err == nil && got.Email != "ann@example.com" {
			t.Errorf("the address is %q", got.Email)
		}
		return err
	})
}

func TestAMappedAttributeHasTheRulesOfItsField(t *testing.T) {
	d, _ := directory(t)
	mapped(t, d)
	ann, bob := coretest.User("ann"), coretest.User("bob")
	add(t, d, ann)
	add(t, d, bob)
	for value, want := range map[string]string{
		`"nobody"`: "email malformed", `"a b@example.com"`: "email malformed", `"a@b@c"`: "email malformed", `5`: "email malformed",
		`{"a":1}`: "email malformed", `"\ud83d"`: "email malformed", `"` + ann.Email + `"`: "email taken",
	} {
		err := d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
			u, err := tx.User(core.ByID(bob.Realm, bob.ID))
			if err != nil {
				return err
			}
			u.Attributes.Set("mail", value)
			return tx.SaveUser(u)
		})
		e := core.AsError(err)
		if e == nil || len(e.Faults) != 1 || e.Faults[0].Field != core.FieldEmail || (e.Faults[0].Rule == core.Taken) != (want == "email taken") {
			t.Errorf("%s: %v, want %s", value, err, want)
		}
	}
}

// Writing the attribute is writing the address: whoever may not do the one may not do the other.
func TestAMappedAddressIsGuardedAsTheAddress(t *testing.T) {
	d, _ := directory(t)
	d.AddAuthoritySource(roles{"a"})
	mapped(t, d)
	admin := coretest.User("admin")
	add(t, d, admin)
	empower(t, d, admin)
	for name, want := range map[string]core.Kind{"mail": core.Forbidden, "motto": core.Internal} {
		err := d.Update(context.Background(), core.ActingKey("a", nil), func(tx *core.Tx) error {
			u, err := tx.User(core.ByID(admin.Realm, admin.ID))
			if err != nil {
				return err
			}
			u.Attributes.Set(name, `"mine@example.com"`)
			return tx.SaveUser(u)
		})
		if (err != nil) != (want == core.Forbidden) || err != nil && core.KindOf(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// empower gives the user a role of the dialect a.
func empower(t *testing.T, d *core.Directory, u *core.User) {
	t.Helper()
	update(t, d, func(tx *core.Tx) error {
		role := &core.Group{Realm: core.MainRealm, Kind: "a.role", Name: "all", Body: core.NewDocument([]byte("users"))}
		if err := tx.SaveGroup(role); err != nil {
			return err
		}
		_, err := tx.Join(u, role)
		return err
	})
}

// Before the mapping, whoever may write the attribute need not be allowed to write the address.
func TestAMappingGivesNoAddressToAUserWithRights(t *testing.T) {
	for name, c := range map[string]struct {
		field core.MappedField
		email string
		given string // the attribute
		rights,
		refused bool
	}{
		"the address of a user with rights":            {core.MapEmail, "", `"mine@example.com"`, true, true},
		"that of a user without":                       {core.MapEmail, "", `"mine@example.com"`, false, false},
		"the name of a user with rights":               {core.MapName, "", `"mine@example.com"`, true, false},
		"an empty attribute of a user with rights":     {core.MapEmail, "", `""`, true, false},
		"the field's own value, of a user with rights": {core.MapEmail, "mine@example.com", `"mine@example.com"`, true, false},
		"no attribute of a user with rights":           {core.MapEmail, "mine@example.com", "", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := directory(t)
			d.AddAuthoritySource(roles{"a"})
			add(t, d, coretest.User("first"))
			u := coretest.User("admin")
			u.Email = c.email
			if c.given != "" {
				u.Attributes.Set("mail", c.given)
			}
			add(t, d, u)
			if c.rights {
				empower(t, d, u)
			}
			err := d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
				return core.AddMapping(tx, core.MainRealm, core.Mapping{Attribute: "mail", Field: c.field})
			})
			if refused := core.KindOf(err) == core.Conflict && strings.Contains(err.Error(), "user 2 of realm"); refused != c.refused || err != nil && !refused {
				t.Errorf("%v", err)
			}
			update(t, d, func(tx *core.Tx) error {
				got, err := tx.User(core.ByID(u.Realm, u.ID))
				if err == nil && c.refused && got.Email != "" {
					t.Errorf("the address became %q", got.Email)
				}
				return err
			})
		})
	}
}

func TestAMappingJoinsWhatExistingUsersHave(t *testing.T) {
	d, _ := directory(t)
	withBoth, withAttribute, withField, unlike := coretest.User("both"), coretest.User("attribute"), coretest.User("field"), coretest.User("unlike")
	withBoth.Attributes.Set("mail", `"both@example.com"`)
	withBoth.Email = "both@example.com"
	withAttribute.Email = ""
	withAttribute.Attributes.Set("mail", `"attribute@example.com"`)
	unlike.Attributes.Set("mail", `"other@example.com"`)
	for _, u := range []*core.User{withBoth, withAttribute, withField, unlike} {
		add(t, d, u)
	}
	m := core.Mapping{Attribute: "mail", Field: core.MapEmail}
	addMapping := func(m core.Mapping) error {
		return d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error { return core.AddMapping(tx, core.MainRealm, m) })
	}
	if err := addMapping(m); core.KindOf(err) != core.Conflict {
		t.Errorf("a user whose attribute and field differ: %v", err)
	}
	update(t, d, func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(unlike.Realm, unlike.ID))
		if err != nil {
			return err
		}
		u.Attributes.Delete("mail")
		return tx.SaveUser(u)
	})
	for _, again := range []string{"first", "second"} {
		if err := addMapping(m); err != nil {
			t.Fatal(again, err)
		}
	}
	for _, u := range []*core.User{withBoth, withAttribute, withField, unlike} {
		err := d.View(context.Background(), func(tx *core.Tx) error {
			now, err := tx.User(core.ByID(u.Realm, u.ID))
			if mail, _ := now.Attributes.Get("mail"); err == nil && (now.Email == "" || mail != `"`+now.Email+`"`) {
				t.Errorf("%s: %s", u.Username, shown(now))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []core.Mapping{{Attribute: "mail", Field: core.MapName}, {Attribute: "post", Field: core.MapEmail}} {
		if err := addMapping(other); !errors.Is(err, core.ErrMapped) {
			t.Errorf("%v: %v", other, err)
		}
	}
	if err := addMapping(core.Mapping{Attribute: "a", Field: "password"}); core.KindOf(err) != core.Conflict {
		t.Error(err)
	}
}
