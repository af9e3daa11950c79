package storetest

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// SecretKinds are kinds of the suite's records and groups, to be declared as secret:
// no test may notice.
func SecretKinds() []core.SecretKind {
	return []core.SecretKind{{Kind: "r", Key: true, Body: true}, {Kind: "g", Body: true}}
}

// Sealing is an empty store whose content can be read and changed behind its back.
type Sealing struct {
	// Open opens the store with a key file, "" for the engine's default.
	Open func(keyFile string, kinds ...core.SecretKind) (core.Store, error)
	// GiveUp opens a store whose keys are lost.
	GiveUp func(keyFile string, kinds ...core.SecretKind) (core.Store, error)
	Exec   func(statements string)
	// Raw returns what the database has on disk.
	Raw    func() []byte
	ErrKey error
	// Shared says that other processes may use the database.
	Shared bool
}

// RunSealing checks that secrets are found, and that only a key shows them.
func RunSealing(t *testing.T, open func(*testing.T) Sealing) {
	for _, c := range []struct {
		words string
		run   func(*testing.T, Sealing)
	}{
		{"secrets are found and are not in the database", checkSealed},
		{"a store of an earlier version is sealed", checkSealedLater},
		{"another key changes nothing", checkOtherKey},
		{"a key is replaced", checkReplacedKey},
		{"a lost key loses no login", checkLostKey},
		{"a value opens only in its row", checkMovedValue},
	} {
		t.Run(c.words, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t))
		})
	}
}

// keyFile writes keys of one repeated byte.
func keyFile(t *testing.T, keys ...byte) string {
	t.Helper()
	var lines []string
	for _, k := range keys {
		lines = append(lines, hex.EncodeToString(bytes.Repeat([]byte{k}, 32)))
	}
	path := filepath.Join(t.TempDir(), "store.key")
	must(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600))
	return path
}

func (s Sealing) open(t *testing.T, keyFile string) core.Store {
	t.Helper()
	opened, err := s.Open(keyFile, SecretKinds()...)
	must(t, err)
	return opened
}

// hidden fails if the database shows one of the texts.
func (s Sealing) hidden(t *testing.T, texts ...string) {
	t.Helper()
	raw := s.Raw()
	for _, text := range texts {
		if bytes.Contains(raw, []byte(text)) {
			t.Errorf("the database shows %s", text)
		}
	}
}

// secretUser is a user with two handles, the first of which is the value.
func secretUser(uid, value string) *core.User {
	return &core.User{Realm: core.MainRealm, UID: uid, Username: uid, Revision: 1,
		Handles: []core.Handle{{Kind: "x.key", Value: value}, {Kind: "x.other", Value: "other-" + value}}}
}

func secretRecord(key string) *core.Record {
	return &core.Record{Realm: core.MainRealm, Kind: "r", Key: key, Revision: 1, Body: core.NewDocument([]byte("body of " + key))}
}

func secretGroup(uid, body string) *core.Group {
	return &core.Group{Realm: core.MainRealm, Kind: "g", UID: uid, Name: "name of " + uid, Body: core.NewDocument([]byte(body))}
}

// foundBy fails unless the key finds the user of that UID, "" for none.
func foundBy(t *testing.T, s core.Store, value, uid string) {
	t.Helper()
	if got := uidOf(t, s, core.ByHandle(core.MainRealm, "x.key", value)); got != uid {
		t.Errorf("%s finds %q, want %q", value, got, uid)
	}
}

// holdsSecrets fails unless the user, the record and the group are as they were stored.
func holdsSecrets(t *testing.T, s core.Store, user, record, group string) {
	t.Helper()
	foundBy(t, s, user, "ann")
	view(t, s, func(tx core.StoreTx) {
		u, err := tx.GetUser(core.UserRef{Realm: core.MainRealm, UID: "ann"})
		must(t, err)
		if u.Handle("x.key") != user {
			t.Errorf("the handle is %q, want %q", u.Handle("x.key"), user)
		}
		r, err := tx.GetRecord(core.RecordRef{Realm: core.MainRealm, Kind: "r", Key: record})
		must(t, err)
		if r.Key != record || string(r.Body.Text()) != "body of "+record {
			t.Errorf("the record is %q with %q", r.Key, r.Body.Text())
		}
		g, err := tx.GetGroup(core.GroupRef{Realm: core.MainRealm, Kind: "g", UID: "grp"})
		must(t, err)
		if string(g.Body.Text()) != group {
			t.Errorf("the group has %q, want %q", g.Body.Text(), group)
		}
	})
}

func putSecrets(t *testing.T, s core.Store) {
	t.Helper()
	update(t, s, func(tx core.StoreTx) {
		must(t, tx.PutUser(secretUser("ann", "user-secret-1")))
		must(t, tx.PutRecord(secretRecord("record-secret-1")))
		must(t, tx.PutGroup(secretGroup("grp", "group-secret-1")))
	})
}

func checkSealed(t *testing.T, s Sealing) {
	key := keyFile(t, 1)
	db := s.open(t, key)
	putSecrets(t, db)
	holdsSecrets(t, db, "user-secret-1", "record-secret-1", "group-secret-1")
	checkSecretsTaken(t, db)
	closeStore(t, db)
	db = s.open(t, key)
	holdsSecrets(t, db, "user-secret-1", "record-secret-1", "group-secret-1")
	update(t, db, func(tx core.StoreTx) {
		u, err := tx.GetUser(core.UserRef{Realm: core.MainRealm, UID: "ann"})
		must(t, err)
		u.SetHandle("x.key", "user-secret-2")
		u.Revision++
		must(t, tx.PutUser(u))
		r, err := tx.GetRecord(core.RecordRef{Realm: core.MainRealm, Kind: "r", Key: "record-secret-1"})
		must(t, err)
		r.Key, r.Body, r.Revision = "record-secret-2", core.NewDocument([]byte("body of record-secret-2")), 2
		must(t, tx.PutRecord(r))
	})
	s.hidden(t, "user-secret", "record-secret", "group-secret")
	closeStore(t, db)
	db = s.open(t, key)
	defer closeStore(t, db)
	holdsSecrets(t, db, "user-secret-2", "record-secret-2", "group-secret-1")
	foundBy(t, db, "user-secret-1", "")
	update(t, db, func(tx core.StoreTx) { must(t, tx.DropUser(core.MainRealm, 1)) })
	foundBy(t, db, "user-secret-2", "")
	put(t, db, secretUser("bob", "user-secret-2")) // the key is free again
	foundBy(t, db, "user-secret-2", "bob")
	s.hidden(t, "user-secret", "record-secret", "group-secret")
}

func checkSecretsTakenBy(t *testing.T, db core.Store, u *core.User) {
	t.Helper()
	refused(t, "a handle of another user", db.Update(context.Background(), func(tx core.StoreTx) error {
		return tx.PutUser(u)
	}), core.Conflict)
}

func checkSecretsTaken(t *testing.T, db core.Store) {
	t.Helper()
	checkSecretsTakenBy(t, db, secretUser("cat", "user-secret-1"))
	refused(t, "the key of another record", db.Update(context.Background(), func(tx core.StoreTx) error {
		return tx.PutRecord(secretRecord("record-secret-1"))
	}), core.Conflict)
}

// asStoredBefore makes a user's handles and a store's version those of a program that
// did not seal, and the other rows as they were stored: as of no secret kind.
const asStoredBefore = withoutSecrets + `
update users set handles = '["x.key","user-secret-1","x.other","other-user-secret-1"]' where uid = 'ann';
insert into handles (realm, kind, value, holder) select realm, 'x.key', 'user-secret-1', id from users where uid = 'ann';
insert into handles (realm, kind, value, holder) select realm, 'x.other', 'other-user-secret-1', id from users where uid = 'ann';
`

// asInterrupted is as if the start that sealed had ended before it was done.
const asInterrupted = `
update seals set complete = 0;
update users set secrets = null, unsealed = '["x.key","user-secret-1","x.other","other-user-secret-1"]' where uid = 'ann';
delete from handles;
insert into handles (realm, kind, lookup, holder) select realm, 'x.key', 'user-secret-1', id from users where uid = 'ann';
insert into handles (realm, kind, lookup, holder) select realm, 'x.other', 'other-user-secret-1', id from users where uid = 'ann';
`

func checkSealedLater(t *testing.T, s Sealing) {
	db, err := s.Open(keyFile(t, 1))
	must(t, err)
	update(t, db, func(tx core.StoreTx) {
		u := secretUser("ann", "")
		u.Handles = nil
		must(t, tx.PutUser(u))
		must(t, tx.PutRecord(secretRecord("record-secret-1")))
		must(t, tx.PutGroup(secretGroup("grp", "group-secret-1")))
		for range 1200 { // several batches
			must(t, tx.PutRecord(&core.Record{Realm: core.MainRealm, Kind: "r", Revision: 1, Body: core.NewDocument([]byte("record-secret"))}))
		}
	})
	closeStore(t, db)
	s.Exec(asStoredBefore)
	if !bytes.Contains(s.Raw(), []byte("user-secret-1")) {
		t.Fatal("the earlier store does not show its secrets")
	}
	key := keyFile(t, 2)
	for _, state := range []string{"", asInterrupted} {
		if state != "" {
			s.Exec(state)
		}
		db = s.open(t, key)
		s.hidden(t, "user-secret", "record-secret", "group-secret")
		holdsSecrets(t, db, "user-secret-1", "record-secret-1", "group-secret-1")
		checkSecretsTaken(t, db)
		closeStore(t, db)
	}
}

func checkOtherKey(t *testing.T, s Sealing) {
	key := keyFile(t, 1)
	db := s.open(t, key)
	putSecrets(t, db)
	closeStore(t, db)
	missing := filepath.Join(t.TempDir(), "missing.key")
	for name, file := range map[string]string{"another key": keyFile(t, 2), "no key": keyFile(t), "no file": missing, "the default": ""} {
		opened, err := s.Open(file, SecretKinds()...)
		if err == nil {
			closeStore(t, opened)
		}
		if !errors.Is(err, s.ErrKey) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
	}
	db = s.open(t, key)
	defer closeStore(t, db)
	holdsSecrets(t, db, "user-secret-1", "record-secret-1", "group-secret-1")
}

func checkReplacedKey(t *testing.T, s Sealing) {
	db := s.open(t, keyFile(t, 1))
	putSecrets(t, db)
	closeStore(t, db)
	for range 2 { // where others may have sealed meanwhile, the second start finds that none has
		db = s.open(t, keyFile(t, 2, 1))
		holdsSecrets(t, db, "user-secret-1", "record-secret-1", "group-secret-1")
		closeStore(t, db)
		if !s.Shared {
			break
		}
	}
	if _, err := s.Open(keyFile(t, 1), SecretKinds()...); !errors.Is(err, s.ErrKey) {
		t.Errorf("the former key alone: %v", err)
	}
	db = s.open(t, keyFile(t, 2))
	defer closeStore(t, db)
	holdsSecrets(t, db, "user-secret-1", "record-secret-1", "group-secret-1")
}

// keyOnly is a kind of record whose body is not secret.
var keyOnly = core.SecretKind{Kind: "k", Key: true}

func checkLostKey(t *testing.T, s Sealing) {
	kinds := append(SecretKinds(), keyOnly)
	db, err := s.Open(keyFile(t, 1), kinds...)
	must(t, err)
	putSecrets(t, db)
	update(t, db, func(tx core.StoreTx) {
		r := secretRecord("record-secret-2")
		r.Kind = keyOnly.Kind
		must(t, tx.PutRecord(r))
	})
	closeStore(t, db)
	key := keyFile(t, 2)
	db, err = s.GiveUp(key, kinds...)
	must(t, err)
	holdsWhatIsLeft(t, db)
	closeStore(t, db)
	db, err = s.Open(keyFile(t, 3, 2), kinds...) // what is left outlives the next key
	must(t, err)
	closeStore(t, db)
	if s.Shared {
		db, err = s.Open(keyFile(t, 3, 2), kinds...)
		must(t, err)
		closeStore(t, db)
	}
	db, err = s.Open(keyFile(t, 3), kinds...)
	must(t, err)
	defer closeStore(t, db)
	holdsWhatIsLeft(t, db)
	checkSecretsTakenBy(t, db, secretUser("cat", "user-secret-1"))
	update(t, db, func(tx core.StoreTx) {
		u, err := tx.GetUser(core.UserRef{Realm: core.MainRealm, UID: "ann"})
		must(t, err)
		u.SetHandle("x.key", "user-secret-3")
		u.Revision++
		must(t, tx.PutUser(u))
	})
	foundBy(t, db, "user-secret-1", "")
	foundBy(t, db, "user-secret-3", "ann")
}

// holdsWhatIsLeft fails unless the keys of putSecrets still find what they found.
func holdsWhatIsLeft(t *testing.T, db core.Store) {
	t.Helper()
	foundBy(t, db, "user-secret-1", "ann")
	view(t, db, func(tx core.StoreTx) {
		u, err := tx.GetUser(core.UserRef{Realm: core.MainRealm, UID: "ann"})
		must(t, err)
		if len(u.Handles) != 2 || u.Handle("x.key") == "user-secret-1" {
			t.Errorf("the handles are %q", u.Handles)
		}
		r, err := tx.GetRecord(core.RecordRef{Realm: core.MainRealm, Kind: keyOnly.Kind, Key: "record-secret-2"})
		must(t, err)
		again, err := tx.GetRecord(core.RecordRef{Realm: core.MainRealm, Kind: keyOnly.Kind, Key: r.Key})
		must(t, err)
		if again.ID != r.ID || string(r.Body.Text()) != "body of record-secret-2" {
			t.Errorf("the record is %q with %q", r.Key, r.Body.Text())
		}
		_, err = tx.GetRecord(core.RecordRef{Realm: core.MainRealm, Kind: "r", Key: "record-secret-1"})
		refused(t, "a record without its body", err, core.NotFound)
		g, err := tx.GetGroup(core.GroupRef{Realm: core.MainRealm, Kind: "g", UID: "grp"})
		must(t, err)
		if g.Body != nil || g.Name != "name of grp" {
			t.Errorf("the group is %q with %q", g.Name, g.Body.Text())
		}
	})
}

func checkMovedValue(t *testing.T, s Sealing) {
	key := keyFile(t, 1)
	db := s.open(t, key)
	putSecrets(t, db)
	put(t, db, secretUser("bob", "user-secret-2"))
	closeStore(t, db)
	s.Exec("update users set secrets = (select secrets from users where uid = 'ann') where uid = 'bob'")
	db = s.open(t, key)
	defer closeStore(t, db)
	err := db.View(context.Background(), func(tx core.StoreTx) error {
		_, err := tx.GetUser(core.UserRef{Realm: core.MainRealm, UID: "bob"})
		return err
	})
	refused(t, "a value of another row", err, core.Internal)
}
