package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

var realmCases = []claim{
	{"no read finds what another realm holds", realmsRead},
	{"no write reaches into another realm", realmsWrite},
	{"dropping a realm leaves the others", dropRealm},
	{"two realms hold the same names", sameNames},
	{"realms that hold something are listed", listRealms},
}

const there = core.Realm("there")

// populate puts one of everything, with the same numbers and names, into each realm.
func populate(t testing.TB, s core.Store, realms ...core.Realm) {
	for _, realm := range realms {
		u := full()
		u.Realm = realm
		update(t, s, func(tx core.StoreTx) {
			must(t, tx.PutUser(u))
			must(t, tx.PutGroup(&core.Group{Realm: realm, Kind: "g", UID: "gu", Key: "gk", Name: "n"}))
			must(t, tx.Join(&core.Membership{Realm: realm, Kind: "g", User: 1, Group: 1}))
			must(t, tx.PutRecord(&core.Record{Realm: realm, Kind: "r", Key: "rk", Owner: 1, Revision: 1}))
		})
	}
}

func realmsRead(t *testing.T, s core.Store) {
	populate(t, s, there)
	put(t, s, &core.User{Realm: core.MainRealm, UID: "x", Username: "x", Revision: 1})
	update(t, s, func(tx core.StoreTx) { must(t, tx.DropUser(core.MainRealm, 1)) })
	view(t, s, func(tx core.StoreTx) {
		nothingIn(t, tx, core.MainRealm)
		nothingIn(t, tx, "never seen")
	})
}

// nothingIn asks every question of a realm.
func nothingIn(t *testing.T, tx core.StoreTx, realm core.Realm) {
	u := full()
	for _, ref := range []core.UserRef{
		core.ByID(realm, 1), core.ByID(realm, 1<<40+1), core.ByID(realm, 1<<41+1), core.ByUID(realm, u.UID),
		core.ByUsername(realm, u.Username), core.ByEmail(realm, u.Email), core.ByHandle(realm, u.Handles[0].Kind, u.Handles[0].Value),
	} {
		_, err := tx.GetUser(ref)
		refused(t, "a user of another realm", err, core.NotFound)
	}
	for _, ref := range []core.GroupRef{{ID: 1}, {ID: 1<<40 + 1}, {ID: 1<<41 + 1}, {UID: "gu"}, {Key: "gk"}} {
		ref.Realm, ref.Kind = realm, "g"
		_, err := tx.GetGroup(ref)
		refused(t, "a group of another realm", err, core.NotFound)
	}
	for _, ref := range []core.RecordRef{{ID: 1}, {ID: 1<<40 + 1}, {ID: 1<<41 + 1}, {Key: "rk"}} {
		ref.Realm, ref.Kind = realm, "r"
		_, err := tx.GetRecord(ref)
		refused(t, "a record of another realm", err, core.NotFound)
	}
	ids := []int64{1, 1<<40 + 1, 1<<41 + 1}
	found := 0
	count := func(n int, err error) { must(t, err); found += n }
	count(size(tx.ListUsers(core.UserQuery{Realm: realm, Deleted: true})))
	count(size(tx.ListUsers(core.UserQuery{Realm: realm, Deleted: true, Order: core.OrderUsername})))
	count(size(tx.ListUsers(core.UserQuery{Realm: realm, Deleted: true, IDs: ids})))
	count(size(tx.ListUsers(core.UserQuery{Realm: realm, Deleted: true, BeforeID: 1 << 42})))
	count(size(tx.ListUsers(core.UserQuery{Realm: realm, Deleted: true, Member: 1, MemberKind: "g"})))
	count(tx.CountUsers(core.UserQuery{Realm: realm, Deleted: true}))
	count(size(tx.ListGroups(core.GroupQuery{Realm: realm, Kind: "g"})))
	count(size(tx.ListGroups(core.GroupQuery{Realm: realm, Kind: "g", IDs: ids, BeforeID: 1 << 42})))
	count(size(tx.ListMemberships(core.MembershipQuery{Realm: realm, Users: ids})))
	count(size(tx.ListMemberships(core.MembershipQuery{Realm: realm, Kind: "g", Group: 1})))
	count(size(tx.ListRecords(core.RecordQuery{Realm: realm, Kind: "r"})))
	count(size(tx.ListRecords(core.RecordQuery{Realm: realm, Kind: "r", Owners: ids})))
	count(tx.CountRecords(core.RecordQuery{Realm: realm, Kind: "r", IDs: ids, BeforeID: 1 << 42}))
	if found != 0 {
		t.Errorf("lists of %q hold %d", realm, found)
	}
}

func size[T any](list []T, err error) (int, error) { return len(list), err }

func realmsWrite(t *testing.T, s core.Store) {
	populate(t, s, there)
	put(t, s, &core.User{Realm: core.MainRealm, UID: "x", Username: "x", Revision: 1})
	update(t, s, func(tx core.StoreTx) {
		must(t, tx.DropUser(core.MainRealm, 1))
		must(t, tx.PutGroup(&core.Group{Realm: core.MainRealm, Kind: "g", UID: "x"}))
		must(t, tx.DropGroup(core.MainRealm, "g", 1))
	})
	writes := map[string]func(core.StoreTx) error{
		"put user":   func(tx core.StoreTx) error { u := person("x"); u.ID, u.Revision = 1, 2; return tx.PutUser(u) },
		"drop user":  func(tx core.StoreTx) error { return tx.DropUser(core.MainRealm, 1) },
		"put group":  func(tx core.StoreTx) error { return tx.PutGroup(&core.Group{Realm: core.MainRealm, Kind: "g", ID: 1}) },
		"drop group": func(tx core.StoreTx) error { return tx.DropGroup(core.MainRealm, "g", 1) },
		"put record": func(tx core.StoreTx) error {
			return tx.PutRecord(&core.Record{Realm: core.MainRealm, Kind: "r", ID: 1, Revision: 2})
		},
		"drop record": func(tx core.StoreTx) error { return tx.DropRecord(core.MainRealm, "r", 1) },
		"join": func(tx core.StoreTx) error {
			return tx.Join(&core.Membership{Realm: core.MainRealm, Kind: "g", User: 1, Group: 1})
		},
		"own": func(tx core.StoreTx) error {
			return tx.PutRecord(&core.Record{Realm: core.MainRealm, Kind: "r", Owner: 1})
		},
	}
	for name, write := range writes {
		refused(t, name, s.Update(context.Background(), write), core.NotFound)
	}
	update(t, s, func(tx core.StoreTx) {
		must(t, tx.Leave(core.Membership{Realm: core.MainRealm, Kind: "g", User: 1, Group: 1}))
		must(t, tx.DropRealm(core.MainRealm))
	})
	everythingIn(t, s, there)
}

// everythingIn finds what populate put.
func everythingIn(t *testing.T, s core.Store, realm core.Realm) {
	view(t, s, func(tx core.StoreTx) {
		_, err := tx.GetUser(core.ByUsername(realm, "ann"))
		must(t, err)
		_, err = tx.GetGroup(core.GroupRef{Realm: realm, Kind: "g", Key: "gk"})
		must(t, err)
		r, err := tx.GetRecord(core.RecordRef{Realm: realm, Kind: "r", Key: "rk"})
		must(t, err)
		ms, err := tx.ListMemberships(core.MembershipQuery{Realm: realm, Users: []int64{1}})
		must(t, err)
		if r.Realm != realm || len(ms) != 1 || ms[0].Realm != realm {
			t.Errorf("%q holds %v and %v", realm, r, ms)
		}
	})
}

func dropRealm(t *testing.T, s core.Store) {
	populate(t, s, core.MainRealm, there, "x:y")
	update(t, s, func(tx core.StoreTx) {
		must(t, tx.DropRealm(there))
		must(t, tx.DropRealm("never seen"))
		nothingIn(t, tx, there)
	})
	view(t, s, func(tx core.StoreTx) { nothingIn(t, tx, there) })
	everythingIn(t, s, core.MainRealm)
	everythingIn(t, s, "x:y")
}

func listRealms(t *testing.T, s core.Store) {
	populate(t, s, core.MainRealm, there)
	update(t, s, func(tx core.StoreTx) {
		must(t, tx.PutUser(&core.User{Realm: "new", UID: "x", Username: "x", Revision: 1}))
		realms, err := tx.ListRealms()
		must(t, err)
		if !slices.Contains(realms, "new") {
			t.Errorf("the transaction that made a realm lists %q", realms)
		}
	})
	view(t, s, func(tx core.StoreTx) {
		realms, err := tx.ListRealms()
		must(t, err)
		slices.Sort(realms)
		if want := []core.Realm{core.MainRealm, "new", there}; !slices.Equal(realms, want) {
			t.Errorf("listed %q, want %q", realms, want)
		}
	})
}

func sameNames(t *testing.T, s core.Store) {
	populate(t, s, core.MainRealm, there)
	everythingIn(t, s, core.MainRealm)
	everythingIn(t, s, there)
}
