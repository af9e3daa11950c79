package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// Refolding is an empty store that can be changed behind its back, to look as an earlier version of
// the program left it.
type Refolding struct {
	Open     func() (core.Store, error)
	Exec     func(statements string)
	SameName error // why a store is refused in which users share a name
}

// asFoldedBefore are the keys that stores had when ς and İ were folded differently: σ and ς were
// two letters, İ and i one.
const asFoldedBefore = `
update users set username_key = 'νίκος', email_key = 'νίκος@example.com', name_key = 'γιώργος' where username = 'Νίκος';
update users set username_key = 'ibrahim' where username = 'İbrahim';
delete from grams;
delete from goose_db_version where version_id = 2;` + withoutSecrets

// withoutSecrets takes back the migration that seals secrets, of a store without any, and
// those after it.
const withoutSecrets = `
drop index users_disabled;
drop index users_expiring;
drop table if exists notes;
drop index users_created;
drop table blocks;
drop index users_updated;
alter table users rename column unsealed to handles;
alter table users drop column secrets;
alter table handles rename column lookup to value;
alter table records rename column lookup to key;
alter table records drop column secrets;
alter table groups drop column secrets;
drop table seals;
drop table secret_kinds;
delete from goose_db_version where version_id >= 3;
`

// RunRefold checks the migration of names from an earlier folding.
func RunRefold(t *testing.T, open func(*testing.T) Refolding) {
	t.Run("names are found as they are folded now", func(t *testing.T) { checkRefolded(t, open(t)) })
	t.Run("users with the same name are reported", func(t *testing.T) { checkSameNameReported(t, open(t)) })
	t.Run("values that had a kind each have one", func(t *testing.T) { checkLookups(t, open(t)) })
}

func checkRefolded(t *testing.T, r Refolding) {
	s := reopen(t, r)
	putAll(t, s,
		&core.User{UID: "a", Username: "Νίκος", Email: "Νίκος@example.com", Name: core.Name{Given: "Γιώργος"},
			Attributes: core.Attributes{{Name: "city", Value: `"Πάτρας"`}}},
		&core.User{UID: "b", Username: "İbrahim"},
		&core.User{UID: "c", Username: "ann", Email: "ann@example.com"},
	)
	closeStore(t, s)
	r.Exec(asFoldedBefore)
	s = reopen(t, r)
	defer closeStore(t, s)
	for ref, want := range map[core.UserRef]string{
		core.ByUsername(core.MainRealm, "ΝΊΚΟΣ"):          "a",
		core.ByUsername(core.MainRealm, "νίκοσ"):          "a",
		core.ByEmail(core.MainRealm, "ΝΊΚΟΣ@EXAMPLE.COM"): "a",
		core.ByUsername(core.MainRealm, "İBRAHIM"):        "b",
		core.ByUsername(core.MainRealm, "ibrahim"):        "",
		core.ByUsername(core.MainRealm, "Ann"):            "c",
	} {
		if got := uidOf(t, s, ref); got != want {
			t.Errorf("%s is %q, want %q", ref.Handle.Value, got, want)
		}
	}
	for _, term := range []string{"ΠΆΤΡΑΣ", "ΝΊΚΟΣ", "ΓΙΏΡΓΟΣ"} {
		search := core.Search{Terms: []string{core.Fold(term)}, Attributes: []string{"city"},
			Fields: []core.Field{core.FieldUsername, core.FieldName}}
		if got := count(t, s, core.UserQuery{Realm: core.MainRealm, Search: search}); got != 1 {
			t.Errorf("%d users found by %s", got, term)
		}
	}
	putAll(t, s, &core.User{UID: "d", Username: "ibrahim"})
}

func checkSameNameReported(t *testing.T, r Refolding) {
	s := reopen(t, r)
	putAll(t, s, &core.User{UID: "a", Username: "νίκος"}, &core.User{UID: "b", Username: "other"})
	closeStore(t, s)
	r.Exec(`update users set username_key = 'νίκος' where uid = 'a';
		update users set username = 'νίκοσ', username_key = 'νίκοσ' where uid = 'b';
		delete from goose_db_version where version_id = 2;` + withoutSecrets)
	_, err := r.Open()
	if !errors.Is(err, r.SameName) || !strings.Contains(err.Error(), `username of users 1 and 2 of realm "main"`) {
		t.Fatalf("got %v", err)
	}
	// The store is as it was, so that an operator can rename one of them.
	r.Exec(`update users set username = 'niko', username_key = 'niko' where username_key = 'νίκοσ'`)
	s = reopen(t, r)
	defer closeStore(t, s)
	for name, want := range map[string]string{"ΝΊΚΟΣ": "a", "niko": "b"} {
		if got := uidOf(t, s, core.ByUsername(core.MainRealm, name)); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// asLookedUpBefore makes a kind for each value of records that users and groups are found by.
const asLookedUpBefore = `
insert into kinds (no, realm, kind) select 90, no, 'scim.email/abc' from realms where name = 'main';
insert into kinds (no, realm, kind) select 91, no, 'scim.group_external_id/def' from realms where name = 'main';
update records set id = 90 * 1099511627776 + (id & 1099511627775), scope = 90, lookup = null where lookup = 'abc/1';
update records set id = 91 * 1099511627776 + (id & 1099511627775), scope = 91, lookup = 'g/1' where lookup = 'def/g/1';
delete from kinds where kind in ('scim.email', 'scim.group_external_id');
drop table if exists notes;
drop index users_created;
delete from goose_db_version where version_id >= 7;
`

func checkLookups(t *testing.T, r Refolding) {
	s := reopen(t, r)
	putAll(t, s, &core.User{UID: "a", Username: "ann"})
	of := map[string]*core.Record{"abc/": {Kind: "scim.email", Key: "abc/1", Owner: 1}, "def/": {Kind: "scim.group_external_id", Key: "def/g/1"}}
	update(t, s, func(tx core.StoreTx) {
		for _, rec := range of {
			rec.Realm, rec.Revision = core.MainRealm, 1
			must(t, tx.PutRecord(rec))
		}
	})
	closeStore(t, s)
	r.Exec(asLookedUpBefore)
	s = reopen(t, r)
	defer closeStore(t, s)
	view(t, s, func(tx core.StoreTx) {
		for prefix, want := range of {
			got, err := tx.ListRecords(core.RecordQuery{Realm: core.MainRealm, Kind: want.Kind, KeyPrefix: prefix})
			must(t, err)
			if len(got) != 1 || got[0].Key != want.Key || got[0].ID != want.ID || got[0].Owner != want.Owner {
				t.Errorf("%s finds %+v", prefix, got)
			}
		}
		kinds, err := tx.ListKinds(core.MainRealm)
		must(t, err)
		if len(kinds) != 2 {
			t.Errorf("there are the kinds %v", kinds)
		}
	})
}

func reopen(t *testing.T, r Refolding) core.Store {
	t.Helper()
	s, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeStore(t *testing.T, s core.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// putAll stores new users in the main realm.
func putAll(t *testing.T, s core.Store, users ...*core.User) {
	t.Helper()
	err := s.Update(context.Background(), func(tx core.StoreTx) error {
		for _, u := range users {
			u.Realm, u.Revision = core.MainRealm, 1
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// uidOf returns the UID of a user, "" if there is none.
func uidOf(t *testing.T, s core.Store, ref core.UserRef) (uid string) {
	t.Helper()
	err := s.View(context.Background(), func(tx core.StoreTx) error {
		u, err := tx.GetUser(ref)
		if core.KindOf(err) == core.NotFound {
			return nil
		}
		if err == nil {
			uid = u.UID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return uid
}

func count(t *testing.T, s core.Store, q core.UserQuery) (n int) {
	t.Helper()
	err := s.View(context.Background(), func(tx core.StoreTx) (err error) {
		n, err = tx.CountUsers(q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
