package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

var userCases = []claim{
	{"a user comes back as it was put", userRoundTrip},
	{"a user with nothing but a name comes back as it was put", plainUserRoundTrip},
	{"a user is found by every name, whatever the case", userIsFound},
	{"a name that is taken is refused, with its field", userTaken},
	{"a name of one marked as deleted is still taken", deletedUserKeepsName},
	{"a name that is given up is free", nameGivenUp},
	{"a user saved by someone else meanwhile is stale", userStale},
	{"a user that is gone cannot be replaced", userGone},
	{"a number is never given again", numbersNotReused},
	{"a text that no database can keep is refused or not found", unstorableText},
	{"dropping a user drops its memberships, records and names", dropUser},
}

var start = time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)

// person returns a user of the main realm with everything set that tests of
// other things need not set.
func person(name string) *core.User {
	return &core.User{
		Realm: core.MainRealm, UID: "uid-" + name, Username: name, Email: name + "@example.com",
		Enabled: true, Revision: 1, CreatedAt: start, UpdatedAt: start, PasswordChangedAt: start,
	}
}

// full returns a user with every field set to something awkward.
func full() *core.User {
	u := person("Ann")
	u.Email = "Ann.Ünal@Example.com"
	u.Name = core.Name{Formatted: "Ann \"Q\" O'Neil", Given: "Ann", Family: "Ünal\n"}
	u.Password = "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA"
	u.EnabledUntil = start.Add(time.Microsecond)
	u.DeletedAt = start.Add(-1999 * time.Microsecond)
	u.CreatedAt = time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)
	u.Attributes = core.Attributes{
		{Name: `a "quoted\" name`, Value: `1.0`}, {Name: "", Value: `"\u00fc\\\""`},
		{Name: "ünï\tcode", Value: `{"b": [1, {"a": "}],\""}],  "a":null}`}, {Name: "z", Value: `true`}, {Name: "a", Value: `"x"`},
	}
	u.Handles = []core.Handle{{Kind: "onapp.api_key", Value: `k"1`}, {Kind: "syncano.user_key", Value: "k\\2"}}
	u.Facets.Set("onapp", []byte(`{"v":1, "x" : [ ] ,"y":"\u0000"}`))
	u.Facets.Set("econtext", []byte("{\"v\":2,\n\"s\":\"ü\\\"}\"}"))
	return u
}

// sameUsers compares by value, documents by their text. What is not exported is not stored.
var sameUsers = cmp.Options{
	cmpopts.IgnoreUnexported(core.User{}),
	cmp.Comparer(func(a, b *core.Document) bool {
		return (a == nil) == (b == nil) && string(a.Text()) == string(b.Text())
	}),
	cmpopts.IgnoreUnexported(core.User{}), // what is for one transaction, and not stored
}

func userRoundTrip(t *testing.T, s core.Store) {
	want := full()
	put(t, s, want)
	for name, field := range coretest.Fields(want) {
		if field.IsZero() {
			t.Errorf("full in users.go gives %s no value", name)
		}
	}
	if want.ID != 1 {
		t.Errorf("the first user got number %d", want.ID)
	}
	if diff := cmp.Diff(want, get(t, s, core.ByID(core.MainRealm, 1)), sameUsers); diff != "" {
		t.Error(diff)
	}
}

func userIsFound(t *testing.T, s core.Store) {
	u := full()
	put(t, s, u, person("bob"))
	refs := []core.UserRef{
		core.ByID(u.Realm, u.ID), core.ByUID(u.Realm, u.UID),
		core.ByUsername(u.Realm, "aNN"), core.ByEmail(u.Realm, "ann.üNAL@example.com"),
		core.ByHandle(u.Realm, "onapp.api_key", `k"1`), core.ByHandle(u.Realm, "syncano.user_key", "k\\2"),
	}
	for _, ref := range refs {
		if found := get(t, s, ref); found.ID != u.ID {
			t.Errorf("%+v found user %d", ref, found.ID)
		}
	}
}

func userTaken(t *testing.T, s core.Store) {
	put(t, s, full())
	other := person("x")
	other.UID, other.Username, other.Email = "uid-Ann", "ANN", "ANN.ÜNAL@EXAMPLE.COM"
	other.Handles = []core.Handle{{Kind: "onapp.api_key", Value: `k"1`}}
	err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.PutUser(other) })
	var e *core.Error
	if !errors.As(err, &e) || e.Kind != core.Conflict {
		t.Fatalf("got %v", err)
	}
	want := []core.Fault{
		{Field: core.FieldUID, Rule: core.Taken},
		{Field: core.FieldUsername, Rule: core.Taken, Value: core.HandleUsername},
		{Field: core.FieldEmail, Rule: core.Taken, Value: core.HandleEmail},
		{Field: core.FieldHandle, Rule: core.Taken, Value: "onapp.api_key"},
	}
	if diff := cmp.Diff(want, e.Faults); diff != "" {
		t.Error(diff)
	}
}

func plainUserRoundTrip(t *testing.T, s core.Store) {
	want := &core.User{Realm: core.MainRealm, UID: "u", Username: "bob"}
	put(t, s, want)
	if diff := cmp.Diff(want, get(t, s, core.ByUsername(core.MainRealm, "bob")), sameUsers); diff != "" {
		t.Error(diff)
	}
}

func deletedUserKeepsName(t *testing.T, s core.Store) {
	gone := person("ann")
	gone.DeletedAt = start
	put(t, s, gone)
	err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.PutUser(person("ann")) })
	refused(t, "the name of a deleted user", err, core.Conflict)
}

func nameGivenUp(t *testing.T, s core.Store) {
	u := full()
	put(t, s, u)
	u.Revision++
	u.UID, u.Username, u.Email, u.Handles = "other", "other", "", nil
	put(t, s, u)
	heir := full()
	put(t, s, heir)
	for _, ref := range []core.UserRef{
		core.ByUID(u.Realm, heir.UID), core.ByUsername(u.Realm, "ann"), core.ByEmail(u.Realm, heir.Email),
		core.ByHandle(u.Realm, "onapp.api_key", `k"1`),
	} {
		if found := get(t, s, ref); found.ID != heir.ID {
			t.Errorf("%+v still finds user %d", ref, found.ID)
		}
	}
}

func userStale(t *testing.T, s core.Store) {
	u := person("ann")
	put(t, s, u)
	for _, revision := range []int64{0, 1, 3} {
		late := u.Clone()
		late.Revision = revision
		err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.PutUser(late) })
		refused(t, "a put of another revision", err, core.Stale)
	}
	r := &core.Record{Realm: core.MainRealm, Kind: "x.y", Revision: 1}
	update(t, s, func(tx core.StoreTx) { must(t, tx.PutRecord(r)) })
	err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.PutRecord(r.Clone()) })
	refused(t, "a record put of the same revision", err, core.Stale)
}

func userGone(t *testing.T, s core.Store) {
	for _, id := range []int64{7, -1, 1 << 40, 1<<41 + 1} {
		u := person("ann")
		u.ID, u.Revision = id, 2
		err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.PutUser(u) })
		refused(t, "a put of nobody", err, core.NotFound)
		err = s.Update(context.Background(), func(tx core.StoreTx) error { return tx.DropUser(u.Realm, id) })
		refused(t, "a drop of nobody", err, core.NotFound)
	}
}

func numbersNotReused(t *testing.T, s core.Store) {
	a, b, c := person("a"), person("b"), person("c")
	put(t, s, a, b)
	update(t, s, func(tx core.StoreTx) { must(t, tx.DropUser(core.MainRealm, b.ID)) })
	put(t, s, c)
	update(t, s, func(tx core.StoreTx) { must(t, tx.DropRealm(core.MainRealm)) })
	d := person("d")
	put(t, s, d)
	if a.ID != 1 || b.ID != 2 || c.ID != 3 || d.ID != 4 {
		t.Errorf("the numbers are %d %d %d %d", a.ID, b.ID, c.ID, d.ID)
	}
	err := s.Update(context.Background(), func(tx core.StoreTx) error {
		if err := tx.PutUser(person("e")); err != nil {
			return err
		}
		return errUndo
	})
	f := person("f")
	put(t, s, f)
	if !errors.Is(err, errUndo) || f.ID != 5 {
		t.Errorf("after an insert that was undone (%v), the next number is %d", err, f.ID)
	}
}

func unstorableText(t *testing.T, s core.Store) {
	put(t, s, person("ann"))
	for _, text := range []string{"a\x00b", "a\xffb"} {
		for _, u := range []*core.User{
			{UID: text, Username: "u"}, {UID: "u", Username: text}, {UID: "u", Username: "u", Email: text},
			{UID: "u", Username: "u", Handles: []core.Handle{{Kind: "k", Value: text}}},
			{UID: "u", Username: "u", Attributes: core.Attributes{{Name: text, Value: "1"}}},
		} {
			u.Realm = core.MainRealm
			err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.PutUser(u) })
			refused(t, "a user with such a text", err, core.Invalid)
		}
		view(t, s, func(tx core.StoreTx) {
			for _, ref := range []core.UserRef{
				core.ByUID(core.MainRealm, text), core.ByUsername(core.MainRealm, text), core.ByUsername(core.Realm(text), "ann"),
				core.ByEmail(core.MainRealm, text), core.ByHandle(core.MainRealm, text, text),
			} {
				_, err := tx.GetUser(ref)
				refused(t, "such a name", err, core.NotFound)
			}
			_, err := tx.GetRecord(core.RecordRef{Realm: core.MainRealm, Kind: text, Key: text})
			refused(t, "such a record", err, core.NotFound)
			_, err = tx.GetGroup(core.GroupRef{Realm: core.MainRealm, Kind: text, Key: text})
			refused(t, "such a group", err, core.NotFound)
		})
	}
}

func dropUser(t *testing.T, s core.Store) {
	ann, bob := full(), person("bob")
	put(t, s, ann, bob)
	g := &core.Group{Realm: core.MainRealm, Kind: "g", UID: "g"}
	update(t, s, func(tx core.StoreTx) {
		must(t, tx.PutGroup(g))
		for _, u := range []*core.User{ann, bob} {
			must(t, tx.Join(&core.Membership{Realm: u.Realm, Kind: "g", User: u.ID, Group: g.ID}))
			must(t, tx.PutRecord(&core.Record{Realm: u.Realm, Kind: "r", Owner: u.ID, Revision: 1}))
		}
		must(t, tx.DropUser(ann.Realm, ann.ID))
	})
	put(t, s, full())
	view(t, s, func(tx core.StoreTx) {
		ms, err := tx.ListMemberships(core.MembershipQuery{Realm: ann.Realm, Kind: "g", Group: g.ID})
		must(t, err)
		rs, err := tx.ListRecords(core.RecordQuery{Realm: ann.Realm, Kind: "r"})
		must(t, err)
		if len(ms) != 1 || ms[0].User != bob.ID || len(rs) != 1 || rs[0].Owner != bob.ID {
			t.Errorf("left are %v and %v", ms, rs)
		}
		_, err = tx.GetRecord(core.RecordRef{Realm: ann.Realm, Kind: "r", ID: 1})
		refused(t, "the record of a dropped user", err, core.NotFound)
	})
}
