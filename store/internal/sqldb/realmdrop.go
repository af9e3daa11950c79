package sqldb

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/trigram"
)

// DropRealm removes everything in the realm but its sequences.
func (t *tx) DropRealm(name core.Realm) error {
	if err := t.writable(); err != nil {
		return err
	}
	realm, err := t.realm(name)
	if err != nil || realm == 0 {
		return err
	}
	kinds := &builder{args: []any{int64(realm)}}
	kinds.text.WriteString("select no from kinds where realm = ?")
	scopes, err := t.numbers(kinds)
	if err != nil {
		return err
	}
	next, err := peekID(t, realm, "users")
	if err != nil {
		return err
	}
	if err := deleteRealm(t, realm, next); err != nil {
		return err
	}
	t.change.clearScope(placeOf(tableUsers, realm))
	for _, s := range scopes {
		t.change.clearScope(placeOf(tableGroups, scope(s)))
		t.change.clearScope(placeOf(tableRecords, scope(s)))
	}
	t.change.set(realmKey(realm), newRealmEntry(0, 0))
	return nil
}

// deleteRealm keeps the trigram filter of the block that the next user will be in.
func deleteRealm(t *tx, realm scope, next int64) error {
	low, high := realm.bounds(0, 0)
	firstBlock, _ := realm.blocks()
	no := int64(realm)
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{"delete from memberships where member > ? and member < ?", []any{low, high}},
		{"delete from records where scope in (select no from kinds where realm = ?)", []any{no}},
		{"delete from groups where scope in (select no from kinds where realm = ?)", []any{no}},
		{"delete from handles where realm = ?", []any{no}},
		{"delete from users where id > ? and id < ?", []any{low, high}},
		{"delete from blocks where id >= ? and id < ?", []any{low >> blockBits, high >> blockBits}},
		{"delete from grams where id >= ? and id < ?", []any{firstBlock, trigram.Block(realm.row(next))}},
	} {
		if err := t.exec(step.sql, step.args...); err != nil {
			return err
		}
	}
	return nil
}
