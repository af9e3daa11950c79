package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store"
)

// directory returns a directory on a fresh SQLite store.
func directory(t *testing.T) (*core.Directory, *coretest.Clock) {
	t.Helper()
	s, err := store.Open(context.Background(), "sqlite:"+t.TempDir()+"/test.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return coretest.Directory(t, s)
}

func update(t *testing.T, d *core.Directory, fn func(*core.Tx) error) {
	t.Helper()
	if err := d.Update(context.Background(), core.Operator(), fn); err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, d *core.Directory, u *core.User) *core.User {
	t.Helper()
	update(t, d, func(tx *core.Tx) error { return tx.AddUser(u) })
	return u
}

func read(t *testing.T, d *core.Directory, ref core.UserRef) *core.User {
	t.Helper()
	var u *core.User
	if err := d.View(context.Background(), func(tx *core.Tx) (err error) { u, err = tx.UserIncludingDeleted(ref); return }); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAddUser(t *testing.T) {
	d, _ := directory(t)
	t.Run("gives number, UID, times and revision", func(t *testing.T) {
		u := add(t, d, coretest.User("ann"))
		if u.ID != 1 || len(u.UID) != 36 || u.Revision != 1 || !u.CreatedAt.Equal(coretest.Start) || !u.UpdatedAt.Equal(coretest.Start) {
			t.Errorf("got %+v", u)
		}
	})
	t.Run("keeps what an import brings", func(t *testing.T) {
		u := coretest.User("old")
		u.UID, u.CreatedAt = "4QlXPsKV1tis43vjTNwF7n", time.Date(2017, 4, 20, 15, 55, 8, 339000000, time.UTC)
		add(t, d, u)
		got := read(t, d, core.ByUID(core.MainRealm, "4QlXPsKV1tis43vjTNwF7n"))
		if !got.CreatedAt.Equal(u.CreatedAt) || !got.UpdatedAt.Equal(u.CreatedAt) {
			t.Errorf("times are %v and %v", got.CreatedAt, got.UpdatedAt)
		}
	})
	t.Run("counts from 1 in each realm", func(t *testing.T) {
		u := coretest.User("ann")
		u.Realm = "elsewhere"
		if add(t, d, u); u.ID != 1 {
			t.Errorf("ID = %d, want 1", u.ID)
		}
	})
}

func TestAddUserFaults(t *testing.T) {
	d, _ := directory(t)
	ann := coretest.User("ann")
	ann.SetHandle("x.key", "k1")
	add(t, d, ann)
	cases := map[string]struct {
		change func(*core.User)
		want   []core.Fault
	}{
		"taken username, whatever the case": {func(u *core.User) { u.Username = "ANN" },
			[]core.Fault{{Field: core.FieldUsername, Rule: core.Taken, Value: core.HandleUsername}}},
		"taken email, whatever the case": {func(u *core.User) { u.Email = "Ann@Example.com" },
			[]core.Fault{{Field: core.FieldEmail, Rule: core.Taken, Value: core.HandleEmail}}},
		"taken UID": {func(u *core.User) { u.UID = ann.UID },
			[]core.Fault{{Field: core.FieldUID, Rule: core.Taken}}},
		"taken handle": {func(u *core.User) { u.SetHandle("x.key", "k1") },
			[]core.Fault{{Field: core.FieldHandle, Rule: core.Taken, Value: "x.key"}}},
		"all taken names at once, in field order": {func(u *core.User) { u.Username, u.Email = "ann", "ann@example.com" },
			[]core.Fault{{Field: core.FieldUsername, Rule: core.Taken, Value: core.HandleUsername}, {Field: core.FieldEmail, Rule: core.Taken, Value: core.HandleEmail}}},
		"no username": {func(u *core.User) { u.Username = "" },
			[]core.Fault{{Field: core.FieldUsername, Rule: core.Required}}},
		"uniqueness is judged last": {func(u *core.User) { u.Username = "ann"; u.Email = strings.Repeat("e", core.MaxEmail+1) },
			[]core.Fault{{Field: core.FieldEmail, Rule: core.TooLong, Limit: core.MaxEmail}}},
		"text that is no UTF-8": {func(u *core.User) { u.Name.Given = "\xff" },
			[]core.Fault{{Field: core.FieldName, Rule: core.Malformed}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			u := coretest.User("bob")
			c.change(u)
			err := d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error { return tx.AddUser(u) })
			e := core.AsError(err)
			if e == nil || e.Kind != core.Invalid {
				t.Fatalf("got %v, want Invalid", err)
			}
			if diff := cmp.Diff(c.want, e.Faults); diff != "" {
				t.Error(diff)
			}
		})
	}
	if n := count(t, d); n != 1 {
		t.Errorf("%d users after refusals, want 1", n)
	}
}

func count(t *testing.T, d *core.Directory) (n int) {
	t.Helper()
	err := d.View(context.Background(), func(tx *core.Tx) (err error) {
		n, err = tx.CountUsers(core.UserQuery{Realm: core.MainRealm, Deleted: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSaveUser(t *testing.T) {
	d, clock := directory(t)
	u := add(t, d, coretest.User("ann"))
	change := func(save func(*core.Tx, *core.User) error, edit func(*core.User)) *core.User {
		update(t, d, func(tx *core.Tx) error {
			got, err := tx.User(core.ByID(u.Realm, u.ID))
			if err != nil {
				return err
			}
			edit(got)
			return save(tx, got)
		})
		return read(t, d, core.ByID(u.Realm, u.ID))
	}
	clock.Advance(time.Minute)
	t.Run("stamps the time and counts the revision", func(t *testing.T) {
		got := change((*core.Tx).SaveUser, func(u *core.User) { u.Email = "" })
		if got.Revision != 2 || !got.UpdatedAt.Equal(coretest.Start.Add(time.Minute)) || got.Email != "" {
			t.Errorf("got %+v", got)
		}
	})
	clock.Advance(time.Minute)
	t.Run("quietly leaves the time alone", func(t *testing.T) {
		got := change((*core.Tx).SaveUserKeepingUpdatedAt, func(u *core.User) { u.Name.Given = "Ann" })
		if got.Revision != 3 || !got.UpdatedAt.Equal(coretest.Start.Add(time.Minute)) || got.Name.Given != "Ann" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("lets a user keep its own name in another case", func(t *testing.T) {
		if got := change((*core.Tx).SaveUser, func(u *core.User) { u.Username = "Ann" }); got.Username != "Ann" {
			t.Errorf("Username = %q", got.Username)
		}
	})
}

func TestForeignFacetsSurviveASave(t *testing.T) {
	d, _ := directory(t)
	u := coretest.User("ann")
	foreign := `{"x":  1.0, "z":"ü","x2":[ ]}`
	u.Facets.Set("other", []byte(foreign))
	add(t, d, u)
	update(t, d, func(tx *core.Tx) error {
		got, err := tx.User(core.ByUsername(u.Realm, "ANN"))
		if err != nil {
			return err
		}
		got.Facets.Set("mine", []byte(`{}`))
		return tx.SaveUser(got)
	})
	got := read(t, d, core.ByID(u.Realm, u.ID))
	if text := string(got.Facets.Get("other").Text()); text != foreign {
		t.Errorf("the foreign facet is now %s", text)
	}
}

func TestMarkedAsDeleted(t *testing.T) {
	d, _ := directory(t)
	u := coretest.User("ann")
	u.DeletedAt = coretest.Start
	add(t, d, u)
	err := d.View(context.Background(), func(tx *core.Tx) error { _, err := tx.User(core.ByID(u.Realm, u.ID)); return err })
	if !errors.Is(err, core.ErrNotFound) || core.AsError(err).Subject != "user" {
		t.Errorf("User finds the deleted: %v", err)
	}
	if got := read(t, d, core.ByID(u.Realm, u.ID)); got.Username != "ann" {
		t.Errorf("UserIncludingDeleted found %+v", got)
	}
	err = d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error { return tx.AddUser(coretest.User("ann")) })
	if core.KindOf(err) != core.Invalid {
		t.Errorf("the name of a marked user was given away: %v", err)
	}
}

func TestRemovedUserFreesItsNamesAndNotItsNumber(t *testing.T) {
	d, _ := directory(t)
	u := add(t, d, coretest.User("ann"))
	update(t, d, func(tx *core.Tx) error { return tx.RemoveUser(u) })
	if again := add(t, d, coretest.User("ann")); again.ID != 2 {
		t.Errorf("ID = %d, want 2", again.ID)
	}
}

func TestAnEmptyReferenceFindsNobody(t *testing.T) {
	d, _ := directory(t)
	add(t, d, coretest.User("ann"))
	for name, ref := range map[string]core.UserRef{
		"realm only": {Realm: core.MainRealm}, "no realm": {ID: 1}, "another realm": core.ByID("b", 1), "empty email": core.ByEmail(core.MainRealm, ""),
	} {
		err := d.View(context.Background(), func(tx *core.Tx) error { _, err := tx.UserIncludingDeleted(ref); return err })
		if !errors.Is(err, core.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodyJoinsAcrossRealms(t *testing.T) {
	d, _ := directory(t)
	u := add(t, d, coretest.User("ann"))
	update(t, d, func(tx *core.Tx) error { return tx.SaveGroup(&core.Group{Realm: "b", Kind: "x.group", Name: "g"}) })
	err := d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		g, err := tx.Group(core.GroupRef{Realm: "b", Kind: "x.group", ID: 1})
		if err != nil {
			return err
		}
		_, err = tx.Join(u, g)
		return err
	})
	if !errors.Is(err, core.ErrNotFound) {
		t.Errorf("got %v, want NotFound", err)
	}
}

func TestTextsThatNoIndexTakesAreRefused(t *testing.T) {
	d, _ := directory(t)
	long := strings.Repeat("é", core.MaxKey+1)
	fits := long[len("é"):]
	for name, c := range map[string]struct {
		save  func(*core.Tx) error
		field core.Field
	}{
		"a group's key": {func(tx *core.Tx) error {
			return tx.SaveGroup(&core.Group{Realm: core.MainRealm, Kind: "x.group", Key: long})
		}, core.FieldKey},
		"a group's name": {func(tx *core.Tx) error {
			return tx.SaveGroup(&core.Group{Realm: core.MainRealm, Kind: "x.group", Name: long})
		}, core.FieldName},
		"a group's UID": {func(tx *core.Tx) error {
			return tx.SaveGroup(&core.Group{Realm: core.MainRealm, Kind: "x.group", UID: long})
		}, core.FieldUID},
		"a record's key": {func(tx *core.Tx) error {
			return tx.SaveRecord(&core.Record{Realm: core.MainRealm, Kind: "x.record", Key: long})
		}, core.FieldKey},
	} {
		e := core.AsError(d.Update(context.Background(), core.Operator(), c.save))
		want := []core.Fault{{Field: c.field, Rule: core.TooLong, Limit: core.MaxKey}}
		if e == nil || e.Kind != core.Invalid || !cmp.Equal(e.Faults, want) {
			t.Errorf("%s: %v", name, e)
		}
	}
	update(t, d, func(tx *core.Tx) error {
		return tx.SaveGroup(&core.Group{Realm: core.MainRealm, Kind: "x.group", UID: fits, Key: fits, Name: fits})
	})
}

func TestRecordsAndGroupsCarryTimes(t *testing.T) {
	d, clock := directory(t)
	g := &core.Group{Realm: core.MainRealm, Kind: "x.group", Name: "g"}
	r := &core.Record{Realm: core.MainRealm, Kind: "x.record"}
	save := func(tx *core.Tx) error { return errors.Join(tx.SaveGroup(g), tx.SaveRecord(r)) }
	update(t, d, save)
	if r.Key != "1" || r.Revision != 1 || len(g.UID) != 36 || !g.CreatedAt.Equal(coretest.Start) {
		t.Errorf("got group %+v, record %+v", g, r)
	}
	clock.Advance(time.Hour)
	update(t, d, save)
	later := coretest.Start.Add(time.Hour)
	if r.Revision != 2 || !r.UpdatedAt.Equal(later) || !g.UpdatedAt.Equal(later) || !g.CreatedAt.Equal(coretest.Start) {
		t.Errorf("got group %+v, record %+v", g, r)
	}
}

func TestAttributesAreBounded(t *testing.T) {
	d, _ := directory(t)
	value := func(size int) core.Attributes {
		return core.Attributes{{Name: "a", Value: `"` + strings.Repeat("x", size-3) + `"`}}
	}
	set := func(who core.Actor, attributes core.Attributes) error {
		return d.Update(context.Background(), who, func(tx *core.Tx) error {
			u, err := tx.User(core.ByUsername(core.MainRealm, "ann"))
			if err != nil {
				return err
			}
			u.Name.Given += "x"
			u.Attributes = attributes
			return tx.SaveUser(u)
		})
	}
	add(t, d, coretest.User("ann"))
	key := core.ActingKey("test", nil)
	for _, c := range []struct {
		who  core.Actor
		size int
		fits bool
	}{
		{key, 64 << 10, true}, {key, 64<<10 + 1, false},
		{core.Operator(), 70 << 10, true}, {key, 70<<10 + 1, false}, {key, 70 << 10, true}, {key, 66 << 10, true}, {key, 70 << 10, false},
	} {
		err := set(c.who, value(c.size))
		if fits := err == nil; fits != c.fits || !fits && core.AsError(err).Faults[0] != (core.Fault{Field: core.FieldAttributes, Rule: core.TooLong, Limit: 64 << 10}) {
			t.Errorf("%d bytes: %v", c.size, err)
		}
	}
	large := coretest.User("bob")
	large.Attributes = value(64<<10 + 1)
	if err := d.Update(context.Background(), key, func(tx *core.Tx) error { return tx.AddUser(large) }); core.KindOf(err) != core.Invalid {
		t.Errorf("a new user: %v", err)
	}
}
