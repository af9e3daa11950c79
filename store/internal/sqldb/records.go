package sqldb

import (
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

const recordColumns = "id, owner, revision, created_at, updated_at, lookup, body, secrets"

var recordsTable = &table{tableRecords, "records", recordColumns, func(s *secrets, r Row, k kindKey) (cache.Value, error) {
	rec, err := scanRecord(s, r, k)
	return &recordEntry{row: r.Int(0), record: rec}, err
}}

func scanRecord(s *secrets, r Row, k kindKey) (*core.Record, error) {
	rec := &core.Record{
		Realm: k.realm, Kind: k.kind,
		ID: id(r.Int(0)), Owner: id(r.Int(1)), Revision: r.Int(2),
		CreatedAt: timeAt(r, 3), UpdatedAt: timeAt(r, 4), Key: r.Text(5), Body: document(r, 6),
	}
	if rec.Key == "" {
		rec.Key = strconv.FormatInt(rec.ID, 10)
	}
	return rec, s.openRecord(rec, r, 7)
}

// ownKey returns the ID whose record has this key without storing it, else 0.
func ownKey(key string) int64 {
	n, err := strconv.ParseInt(key, 10, 64)
	if err != nil || !valid(n) || strconv.FormatInt(n, 10) != key {
		return 0
	}
	return n
}

// hasOwnKey reports whether the key is the record's number, which is not stored.
func hasOwnKey(r *core.Record) bool { return r.Key == "" || ownKey(r.Key) == r.ID }

// GetRecord finds one record.
func (t *tx) GetRecord(ref core.RecordRef) (*core.Record, error) {
	e, err := t.record(ref)
	if err != nil {
		return nil, err
	}
	return given(t, e.record), nil
}

func (t *tx) record(ref core.RecordRef) (*recordEntry, error) {
	if t.over {
		return nil, errOver
	}
	kind, err := t.kind(ref.Realm, ref.Kind)
	if err != nil {
		return nil, err
	}
	if kind == 0 || !storable(ref.Key) || ref.ID == 0 && ref.Key == "" {
		return nil, notFound()
	}
	k := kindKey{ref.Realm, ref.Kind}
	if ref.ID != 0 {
		return t.recordAt(k, kind, ref.ID)
	}
	return recordKeyed(t, k, kind, ref.Key)
}

func (t *tx) recordAt(k kindKey, kind scope, id int64) (*recordEntry, error) {
	if !valid(id) {
		return nil, notFound()
	}
	v, err := t.at(recordsTable, k, kind.row(id))
	if err != nil {
		return nil, err
	}
	return v.(*recordEntry), nil
}

// recordKeyed finds a record by its key. A decimal number may be a record's own,
// which is not stored as a key.
func recordKeyed(t *tx, k kindKey, kind scope, key string) (*recordEntry, error) {
	a := cache.Alias{Table: tableRecords, Scope: int64(kind), Kind: aliasKey, Value: key}
	if e, ok := t.alias(a).(*recordEntry); ok && e.record.Key == key {
		return e, nil
	}
	if n := ownKey(key); n != 0 {
		e, err := t.recordAt(k, kind, n)
		if err == nil && e.record.Key == key || err != nil && !missing(err) {
			return e, err
		}
	}
	v, err := t.found(recordsTable, k, a, "scope = ? and lookup = ?", int64(kind), t.db.secrets.lookup(k.kind, key))
	if err != nil {
		return nil, err
	}
	return v.(*recordEntry), nil
}

// ListRecords lists records; see [core.RecordQuery].
func (t *tx) ListRecords(q core.RecordQuery) ([]*core.Record, error) {
	kind, err := t.kind(q.Realm, q.Kind)
	if err != nil || kind == 0 {
		return nil, err
	}
	b := selecting("id", "records")
	if err := recordConditions(t, b, kind, q); err != nil {
		return nil, err
	}
	b.then(" order by id" + direction(q.Desc))
	b.limit(q.Limit, q.Offset)
	entries, err := selected(t, recordsTable, kindKey{q.Realm, q.Kind}, b)
	if err != nil {
		return nil, err
	}
	list := make([]*core.Record, len(entries))
	for i, e := range entries {
		list[i] = given(t, e.(*recordEntry).record)
	}
	return list, nil
}

// CountRecords counts what ListRecords would list without Limit and Offset.
func (t *tx) CountRecords(q core.RecordQuery) (n int, err error) {
	kind, err := t.kind(q.Realm, q.Kind)
	if err != nil || kind == 0 {
		return 0, err
	}
	b := selecting("count(*)", "records")
	if err := recordConditions(t, b, kind, q); err != nil {
		return 0, err
	}
	_, err = t.row(b.text.String(), b.args, func(r Row) { n = int(r.Int(0)) })
	return n, err
}

func recordConditions(t *tx, b *builder, kind scope, q core.RecordQuery) error {
	b.ranged(kind, q.AfterID, q.BeforeID)
	if q.IDs != nil {
		b.in("id", kind.rows(q.IDs))
	}
	if q.KeyPrefix != "" {
		keysFrom(t, b, kind, q)
	}
	if q.Owners == nil {
		return nil
	}
	realm, err := t.realm(q.Realm)
	b.and("scope = ?", int64(kind))
	b.in("owner", realm.rows(q.Owners))
	return err
}

// keysFrom keeps records whose key begins with the prefix. A key that is the record's own
// number is not stored, and in no index.
func keysFrom(t *tx, b *builder, kind scope, q core.RecordQuery) {
	p := q.KeyPrefix
	if !storable(p) || t.db.secrets.kinds[q.Kind].Key {
		b.and("0 = 1")
		return
	}
	if n, err := strconv.ParseInt(p, 10, 64); err == nil && n > 0 && p[0] != '0' && p[0] != '+' {
		b.and("scope = ?", int64(kind))
		b.and("substr(coalesce(lookup, cast(id - ? as text)), 1, cast(? as integer)) = ?", kind.row(0), int64(len(p)), p)
		return
	}
	b.and("scope = ?", int64(kind))
	b.and("lookup >= ?", p)
	if high := after(p); high != "" {
		b.and("lookup < ?", high)
	}
}
