package core_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// vendorOf is a vendor with users of some names.
type vendorOf struct {
	names []string
	down  bool
	asked []string
}

func (*vendorOf) Adopt(context.Context, core.Credential) bool { return false }

func (v *vendorOf) NameTaken(_ context.Context, realm core.Realm, name string) (bool, error) {
	v.asked = append(v.asked, string(realm)+" "+name)
	if v.down {
		return false, errors.New("no connection")
	}
	return slices.Contains(v.names, name), nil
}

// A caller without authority takes no name or address of a vendor's user.
func TestNamesOfAVendorsUsersAreTaken(t *testing.T) {
	dir, _ := directory(t)
	v := &vendorOf{names: []string{"boss", "boss@example.com"}}
	dir.SetAdopter(v)
	public, holder := core.ActingKey("x", nil), core.ActingKey("x", map[core.Realm]core.Authority{core.MainRealm: core.NewAuthority("x", "all")})
	add := func(who core.Actor, u *core.User) (*core.User, error) {
		return u, dir.Update(context.Background(), who, func(tx *core.Tx) error { return tx.AddUser(u) })
	}
	change := func(u *core.User, name, email string) error {
		return dir.Update(context.Background(), public, func(tx *core.Tx) error {
			u, err := tx.User(core.ByID(u.Realm, u.ID))
			if err != nil {
				return err
			}
			u.Username, u.Email = name, email
			return tx.SaveUser(u)
		})
	}
	wantTaken := func(err error, fields ...core.Field) {
		t.Helper()
		var have []core.Field
		if e := core.AsError(err); e != nil {
			for _, f := range e.Faults {
				if f.Rule == core.Taken {
					have = append(have, f.Field)
				}
			}
		}
		if core.KindOf(err) != core.Invalid || !slices.Equal(have, fields) {
			t.Errorf("%v, want taken %v", err, fields)
		}
	}
	named := func(name, email string) *core.User {
		u := coretest.User(name)
		u.Email = email
		return u
	}
	_, err := add(public, named("Boss", ""))
	wantTaken(err, core.FieldUsername)
	_, err = add(public, named("boss", "BOSS@example.com"))
	wantTaken(err, core.FieldUsername, core.FieldEmail)
	ann, err := add(public, named("ann", ""))
	if err != nil {
		t.Fatal(err)
	}
	wantTaken(change(ann, "boss", ""), core.FieldUsername)
	wantTaken(change(ann, "ann", "boss@example.com"), core.FieldEmail)
	asked := len(v.asked)
	if err := change(ann, "ANN", ""); err != nil || len(v.asked) != asked {
		t.Errorf("the same name: %v, asked %v", err, v.asked[asked:])
	}
	v.down = true
	if _, err := add(public, named("eve", "")); core.KindOf(err) != core.Busy {
		t.Errorf("without the vendor: %v", err)
	}
	asked = len(v.asked)
	for name, who := range map[string]core.Actor{"boss": core.Operator(), "bob": holder} {
		if _, err := add(who, named(name, "")); err != nil || len(v.asked) != asked {
			t.Errorf("%s: %v, asked %v", name, err, v.asked[asked:])
		}
	}
}
