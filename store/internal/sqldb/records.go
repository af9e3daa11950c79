package sqldb

import (
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

const recordColumns = "id, owner, revision, created_at, updated_at, key, body"

func scanRecord(r Row, k kindKey) *core.Record {
	rec := &core.Record{
		Realm: k.realm, Kind: k.kind,
		ID: id(r.Int(0)), Owner: id(r.Int(1)), Revision: r.Int(2),
		CreatedAt: timeAt(r, 3), UpdatedAt: timeAt(r, 4), Key: r.Text(5), Body: document(r, 6),
	}
	if rec.Key == "" {
		rec.Key = strconv.FormatInt(rec.ID, 10)
	}
	return rec
}

// ownKey returns the ID whose record has this key without storing it, else 0.
func ownKey(key string) int64 {
	n, err := strconv.ParseInt(key, 10, 64)
	if err != nil || !valid(n) || strconv.FormatInt(n, 10) != key {
		return 0
	}
	return n
}

// storedKey is NULL for the key that a record has by itself.
func storedKey(r *core.Record) any {
	if r.Key == "" || ownKey(r.Key) == r.ID {
		return nil
	}
	return r.Key
}

// GetRecord finds one record.
func (t *tx) GetRecord(ref core.RecordRef) (*core.Record, error) {
	kind, err := t.kind(ref.Realm, ref.Kind)
	if err != nil {
		return nil, err
	}
	if kind == 0 {
		return nil, notFound()
	}
	if ref.ID != 0 {
		return t.recordBy(kind, ref, "id = ?", ref.ID, kind.row(ref.ID))
	}
	r, err := t.recordBy(kind, ref, "id = ? and key is null", ownKey(ref.Key), kind.row(ownKey(ref.Key)))
	if r != nil || core.KindOf(err) != core.NotFound || !storable(ref.Key) || ref.Key == "" {
		return r, err
	}
	return t.recordBy(kind, ref, "scope = ? and key = ?", 1, int64(kind), ref.Key)
}

// recordBy finds the record that the condition means; none if the id cannot be one.
func (t *tx) recordBy(kind scope, ref core.RecordRef, where string, id int64, args ...any) (r *core.Record, err error) {
	if !valid(id) {
		return nil, notFound()
	}
	_, err = t.row("select "+recordColumns+" from records where "+where, args, func(row Row) {
		r = scanRecord(row, kindKey{ref.Realm, ref.Kind})
	})
	if err == nil && r == nil {
		return nil, notFound()
	}
	return r, err
}

// ListRecords lists records; see [core.RecordQuery].
func (t *tx) ListRecords(q core.RecordQuery) (list []*core.Record, err error) {
	kind, err := t.kind(q.Realm, q.Kind)
	if err != nil || kind == 0 {
		return nil, err
	}
	b := selecting(recordColumns, "records")
	if err := t.recordConditions(b, kind, q); err != nil {
		return nil, err
	}
	b.then(" order by id" + direction(q.Desc))
	b.limit(q.Limit, q.Offset)
	err = t.query(b.text.String(), b.args, func(r Row) error {
		list = append(list, scanRecord(r, kindKey{q.Realm, q.Kind}))
		return nil
	})
	return list, err
}

// CountRecords counts what ListRecords would list without Limit and Offset.
func (t *tx) CountRecords(q core.RecordQuery) (n int, err error) {
	kind, err := t.kind(q.Realm, q.Kind)
	if err != nil || kind == 0 {
		return 0, err
	}
	b := selecting("count(*)", "records")
	if err := t.recordConditions(b, kind, q); err != nil {
		return 0, err
	}
	_, err = t.row(b.text.String(), b.args, func(r Row) { n = int(r.Int(0)) })
	return n, err
}

func (t *tx) recordConditions(b *builder, kind scope, q core.RecordQuery) error {
	b.ranged(kind, q.AfterID, q.BeforeID)
	if q.IDs != nil {
		b.in("id", kind.rows(q.IDs))
	}
	if q.Owners == nil {
		return nil
	}
	realm, err := t.realm(q.Realm)
	b.and("scope = ?", int64(kind))
	b.in("owner", realm.rows(q.Owners))
	return err
}

// PutRecord inserts r, or replaces the revision before it.
func (t *tx) PutRecord(r *core.Record) error {
	if err := t.writable(); err != nil {
		return err
	}
	if err := checkTexts(checked{core.FieldKey, r.Key}); err != nil {
		return err
	}
	kind, err := t.makeKind(r.Realm, r.Kind)
	if err != nil {
		return err
	}
	owner, err := t.ownerRow(r)
	if err != nil {
		return err
	}
	if r.ID != 0 {
		return t.updateRecord(kind, r, owner)
	}
	if err := t.checkRecordTaken(r); err != nil {
		return err
	}
	return t.insertRecord(kind, r, owner)
}

// ownerRow returns the row of the record's owner, who must be there.
func (t *tx) ownerRow(r *core.Record) (any, error) {
	if r.Owner == 0 {
		return nil, nil
	}
	realm, err := t.realm(r.Realm)
	if err != nil {
		return nil, err
	}
	holder, err := t.holder(realm, core.ByID(r.Realm, r.Owner))
	if err == nil && holder == 0 {
		return nil, &core.Error{Kind: core.NotFound, Subject: "user"}
	}
	return realm.row(r.Owner), err
}

func (t *tx) checkRecordTaken(r *core.Record) error {
	if r.Key == "" {
		return nil
	}
	other, err := t.GetRecord(core.RecordRef{Realm: r.Realm, Kind: r.Kind, Key: r.Key})
	if err == nil && other.ID != r.ID {
		return conflict(taken(core.FieldKey, ""))
	}
	if core.KindOf(err) == core.NotFound {
		return nil
	}
	return err
}

func (t *tx) insertRecord(kind scope, r *core.Record, owner any) error {
	realm, err := t.realm(r.Realm)
	if err != nil {
		return err
	}
	next, err := t.recordID(realm, r)
	if err != nil {
		return err
	}
	stored := *r
	stored.ID = next
	err = t.exec(`insert into records (id, scope, owner, revision, created_at, updated_at, key, body)
		values (?, ?, ?, ?, ?, ?, ?, ?)`, kind.row(next), int64(kind), owner, r.Revision,
		micros(r.CreatedAt), micros(r.UpdatedAt), storedKey(&stored), body(r.Body))
	if err != nil {
		return err
	}
	r.ID = next
	if r.Key == "" {
		r.Key = strconv.FormatInt(next, 10)
	}
	return nil
}

// recordID takes the next number whose decimal form no record of the kind has
// as its key already, if the record shall have that key itself.
func (t *tx) recordID(realm scope, r *core.Record) (int64, error) {
	for {
		next, err := t.nextID(realm, "record:"+core.Sequence(r.Kind))
		if err != nil || r.Key != "" {
			return next, err
		}
		probe := core.Record{ID: next, Realm: r.Realm, Kind: r.Kind, Key: strconv.FormatInt(next, 10)}
		if err := t.checkRecordTaken(&probe); core.KindOf(err) != core.Conflict || err == nil {
			return next, err
		}
	}
}

func (t *tx) updateRecord(kind scope, r *core.Record, owner any) error {
	old, err := t.GetRecord(core.RecordRef{Realm: r.Realm, Kind: r.Kind, ID: r.ID})
	if err != nil {
		return err
	}
	if old.Revision != r.Revision-1 {
		return stale()
	}
	if r.Key == "" {
		r.Key = strconv.FormatInt(r.ID, 10)
	}
	if err := t.checkRecordTaken(r); err != nil {
		return err
	}
	return t.exec(`update records set owner = ?, revision = ?, created_at = ?, updated_at = ?, key = ?, body = ? where id = ?`,
		owner, r.Revision, micros(r.CreatedAt), micros(r.UpdatedAt), storedKey(r), body(r.Body), kind.row(r.ID))
}

// DropRecord removes the record.
func (t *tx) DropRecord(realm core.Realm, kind string, id int64) error {
	return t.drop("records", realm, kind, id)
}

// DropRealm removes everything in the realm but its sequences.
func (t *tx) DropRealm(name core.Realm) error {
	if err := t.writable(); err != nil {
		return err
	}
	realm, err := t.realm(name)
	if err != nil || realm == 0 {
		return err
	}
	low, high := realm.bounds(0, 0)
	steps := []struct {
		sql  string
		args []any
	}{
		{"delete from memberships where member > ? and member < ?", []any{low, high}},
		{"delete from records where scope in (select no from kinds where realm = ?)", []any{int64(realm)}},
		{"delete from groups where scope in (select no from kinds where realm = ?)", []any{int64(realm)}},
		{"delete from handles where realm = ?", []any{int64(realm)}},
		{"delete from users where id > ? and id < ?", []any{low, high}},
		{"update realms set users = 0, deleted = 0 where no = ?", []any{int64(realm)}},
	}
	for _, s := range steps {
		if err := t.exec(s.sql, s.args...); err != nil {
			return err
		}
	}
	return nil
}
