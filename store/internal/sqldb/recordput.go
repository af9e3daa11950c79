package sqldb

import (
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

// PutRecord inserts r, or replaces the revision before it.
func (t *tx) PutRecord(r *core.Record) error {
	if err := t.writable(); err != nil {
		return err
	}
	if err := checkTexts(checked{core.FieldKey, r.Key}); err != nil {
		return err
	}
	owner, err := ownerRow(t, r)
	if err != nil {
		return err
	}
	if r.ID != 0 {
		return updateRecord(t, r, owner)
	}
	return insertRecord(t, r, owner, 0)
}

// ownerRow returns the row of the record's owner, who must exist.
func ownerRow(t *tx, r *core.Record) (any, error) {
	if r.Owner == 0 {
		return nil, nil
	}
	e, err := t.user(core.ByID(r.Realm, r.Owner))
	if missing(err) {
		return nil, &core.Error{Kind: core.NotFound, Subject: "user"}
	}
	if err != nil {
		return nil, err
	}
	return e.row, nil
}

func checkRecordTaken(t *tx, r *core.Record, id int64, key string) error {
	other, err := t.record(core.RecordRef{Realm: r.Realm, Kind: r.Kind, Key: key})
	if err == nil && other.record.ID != id {
		return conflict(taken(core.FieldKey, ""))
	}
	if missing(err) {
		return nil
	}
	return err
}

// insertRecord stores r under the number, or under the next one if that is 0.
func insertRecord(t *tx, r *core.Record, owner any, number int64) error {
	if r.Key != "" {
		if err := checkRecordTaken(t, r, 0, r.Key); err != nil {
			return err
		}
	}
	kind, err := makeKind(t, r.Realm, r.Kind)
	if err != nil {
		return err
	}
	stored := r.Clone()
	if err := numberRecord(t, stored, number); err != nil {
		return err
	}
	row := kind.row(stored.ID)
	c := t.db.secrets.sealRecord(stored, row)
	err = t.exec(`insert into records (id, scope, owner, revision, created_at, updated_at, lookup, body, secrets)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)`, row, int64(kind), owner, r.Revision,
		micros(r.CreatedAt), micros(r.UpdatedAt), c.lookup, c.body, c.secrets)
	if err != nil {
		return err
	}
	r.ID, r.Key = stored.ID, stored.Key
	t.change.set(recordKey(row), &recordEntry{row, stored})
	return nil
}

// numberRecord gives the record the next number. Without a key, that number is its
// key, too: then the next number that is not the key of another record.
func numberRecord(t *tx, r *core.Record, number int64) error {
	realm, err := t.realm(r.Realm)
	if err == nil && number != 0 {
		r.ID, err = newID(t, realm, "record:"+core.Sequence(r.Kind), number)
		return err
	}
	for err == nil {
		r.ID, err = t.nextID(realm, "record:"+core.Sequence(r.Kind))
		if r.Key != "" || err != nil {
			return err
		}
		key := strconv.FormatInt(r.ID, 10)
		switch err = checkRecordTaken(t, r, r.ID, key); {
		case err == nil:
			r.Key = key
			return nil
		case core.KindOf(err) == core.Conflict:
			err = nil
		}
	}
	return err
}

func updateRecord(t *tx, r *core.Record, owner any) error {
	old, err := t.record(core.RecordRef{Realm: r.Realm, Kind: r.Kind, ID: r.ID})
	if err != nil {
		return err
	}
	if old.record.Revision != r.Revision-1 {
		return stale()
	}
	if r.Key == "" {
		r.Key = strconv.FormatInt(r.ID, 10)
	}
	if r.Key != old.record.Key {
		if err := checkRecordTaken(t, r, r.ID, r.Key); err != nil {
			return err
		}
	}
	c := t.db.secrets.sealRecord(r, old.row)
	err = t.exec(`update records set owner = ?, revision = ?, created_at = ?, updated_at = ?, lookup = ?, body = ?, secrets = ? where id = ?`,
		owner, r.Revision, micros(r.CreatedAt), micros(r.UpdatedAt), c.lookup, c.body, c.secrets, old.row)
	if err == nil {
		t.change.set(recordKey(old.row), &recordEntry{old.row, r.Clone()})
	}
	return err
}

// DropRecord removes the record.
func (t *tx) DropRecord(realm core.Realm, kind string, id int64) error {
	if err := t.writable(); err != nil {
		return err
	}
	if id == 0 {
		return notFound()
	}
	e, err := t.record(core.RecordRef{Realm: realm, Kind: kind, ID: id})
	if err != nil {
		return err
	}
	if err := t.exec("delete from records where id = ?", e.row); err != nil {
		return err
	}
	t.change.set(recordKey(e.row), nil)
	return nil
}
