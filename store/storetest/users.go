package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/core"
)

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

// sameUsers compares by value, documents by their text.
var sameUsers = cmp.Options{
	cmp.Comparer(func(a, b *core.Document) bool {
		return (a == nil) == (b == nil) && string(a.Text()) == string(b.Text())
	}),
}

func userRoundTrip(t *testing.T, s core.Store) {
	want := full()
	put(t, s, want)
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
