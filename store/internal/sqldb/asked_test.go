package sqldb

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
	"github.com/dragoman-gateway/dragoman/store/internal/snapshot"
)

// askedConn counts the queries, of which none has a row.
type askedConn struct {
	Conn
	asked int
}

func (c *askedConn) Query(string, []any, func(Row) error) error {
	c.asked++
	return nil
}

// updateOn returns an update on the connection, in a database of one realm.
func updateOn(c Conn) *tx {
	db := &DB{cache: cache.New(1 << 20), names: newNames(), base: &snapshot.State{}}
	db.names.keep(kindKey{realm: core.MainRealm}, 1)
	made := newWriteSet(db, c, nil)
	return &tx{db: db, ctx: context.Background(), source: made, change: made}
}

func TestNamesThatAnImportLookedUpAreNotAskedAgain(t *testing.T) {
	c := &askedConn{}
	tx := updateOn(c)
	u := &core.User{UID: "u", Username: "Ann", Email: "a@example.com", Handles: []core.Handle{{Kind: "x.key", Value: "k"}}}
	p := &prepared{names: map[cache.Alias]bool{}}
	for kind, name := range map[string]string{aliasUID: "u", core.HandleUsername: "ann", core.HandleEmail: "a@example.com", "x.key": "k"} {
		p.names[cache.Alias{Table: tableUsers, Scope: 1, Kind: kind, Value: name}] = true
	}
	tx.change.prepared = p
	if err := checkTaken(tx, 1, u, &core.User{}); err != nil || c.asked != 0 {
		t.Errorf("%v after %d queries", err, c.asked)
	}
}

func TestAMissingKindIsAskedForOnceInAnUpdate(t *testing.T) {
	c := &askedConn{}
	tx := updateOn(c)
	for range 3 {
		if s, err := tx.kind(core.MainRealm, "x.class"); s != 0 || err != nil {
			t.Fatal(s, err)
		}
	}
	if c.asked != 1 {
		t.Errorf("%d queries", c.asked)
	}
	k := kindKey{core.MainRealm, "x.class"}
	tx.source.remember(k, 7) // as makeKind does
	if s, err := tx.kind(core.MainRealm, "x.class"); s != 7 || err != nil {
		t.Error(s, err)
	}
}
