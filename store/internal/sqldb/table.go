package sqldb

import (
	"errors"
	"slices"

	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// table says how objects of one kind are read, from memory or from their rows.
type table struct {
	number  uint8
	name    string
	columns string // the row's number first
	// entry returns the cached form of a row.
	entry func(*secrets, Row, kindKey) (cache.Value, error)
}

func (tb *table) key(row int64) cache.Key { return cache.Key{Table: tb.number, Row: row} }

// errTorn says that a listed row cannot be read in the same transaction.
var errTorn = errors.New("sqldb: a listed row is not there")

// at returns the object with the row number.
func (t *tx) at(tb *table, k kindKey, row int64) (cache.Value, error) {
	if v, ok := t.source.get(tb.key(row)); ok {
		if v == nil {
			return nil, notFound()
		}
		return v, nil
	}
	if tb.number == tableUsers && absentUser(t, row) {
		return nil, notFound()
	}
	return t.read(tb, k, "id = ?", row)
}

// read returns the object that a condition finds.
func (t *tx) read(tb *table, k kindKey, where string, args ...any) (cache.Value, error) {
	_, v, err := readRow(t, tb, k, where, args...)
	if err == nil && v == nil {
		err = notFound()
	}
	return v, err
}

func readRow(t *tx, tb *table, k kindKey, where string, args ...any) (row int64, v cache.Value, err error) {
	err = t.query("select "+tb.columns+" from "+tb.name+" where "+where, args, func(r Row) (err error) {
		row = r.Int(0)
		if v, err = tb.entry(t.db.secrets, r, k); err == nil {
			t.source.keep(tb.key(row), v)
		}
		return err
	})
	return row, v, err
}

// numberOf returns the row number that a condition finds, 0 if it finds none.
func numberOf(t *tx, tb *table, where string, args ...any) (row int64, err error) {
	_, err = t.row("select id from "+tb.name+" where "+where, args, func(r Row) { row = r.Int(0) })
	return row, err
}

// found returns the object that a condition on another name finds, and remembers the
// name. An update asks for the number first: the object may be in memory in a later
// state than its row.
func (t *tx) found(tb *table, k kindKey, a cache.Alias, where string, args ...any) (cache.Value, error) {
	row, v := int64(0), cache.Value(nil)
	var err error
	if t.change == nil {
		row, v, err = readRow(t, tb, k, where, args...)
	} else if row, err = numberOf(t, tb, where, args...); err == nil && row != 0 {
		v, err = t.at(tb, k, row)
	}
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, notFound()
	}
	t.db.cache.AddAlias(tb.key(row), a)
	return v, nil
}

// alias returns the object that memory has under another name. The caller must check
// that it still has the name.
func (t *tx) alias(a cache.Alias) cache.Value {
	k, ok := t.db.cache.Lookup(a)
	if !ok {
		return nil
	}
	v, _ := t.source.get(k)
	return v
}

// numbers runs a query for row numbers.
func (t *tx) numbers(b *builder) (rows []int64, err error) {
	err = t.query(b.text.String(), b.args, func(r Row) error {
		rows = append(rows, r.Int(0))
		return nil
	})
	return rows, err
}

// selected returns the objects whose row numbers a query finds.
func selected(t *tx, tb *table, k kindKey, b *builder) ([]cache.Value, error) {
	rows, err := t.numbers(b)
	if err != nil {
		return nil, err
	}
	return t.all(tb, k, rows)
}

// all returns the objects with the numbers, which exist, in their order.
func (t *tx) all(tb *table, k kindKey, rows []int64) ([]cache.Value, error) {
	list, err := t.load(tb, k, rows)
	if err == nil && slices.Contains(list, nil) {
		err = errTorn
	}
	return list, err
}

// existing returns those objects with the numbers that exist, ordered by number.
func existing(t *tx, tb *table, k kindKey, rows []int64, desc bool) ([]cache.Value, error) {
	slices.Sort(rows)
	rows = slices.Compact(rows)
	if desc {
		slices.Reverse(rows)
	}
	list, err := t.load(tb, k, rows)
	return slices.DeleteFunc(list, func(v cache.Value) bool { return v == nil }), err
}

// load returns the objects with the numbers, nil for those that do not exist: from
// memory, and the rest by one statement.
func (t *tx) load(tb *table, k kindKey, rows []int64) ([]cache.Value, error) {
	list := make([]cache.Value, len(rows))
	var missing []int64
	places := map[int64]int{}
	for i, row := range rows {
		v, known := t.source.get(tb.key(row))
		if known {
			list[i] = v
			continue
		}
		missing = append(missing, row)
		places[row] = i
	}
	for some := range slices.Chunk(missing, maxFetch) {
		if err := fetch(t, tb, k, some, places, list); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// maxFetch is how many rows one statement fetches by their numbers.
const maxFetch = 8192

// fetch reads rows into their positions in list.
func fetch(t *tx, tb *table, k kindKey, rows []int64, places map[int64]int, list []cache.Value) error {
	b := selecting(tb.columns, tb.name)
	b.in("id", rows)
	return t.query(b.text.String(), b.args, func(r Row) error {
		v, err := tb.entry(t.db.secrets, r, k)
		if err == nil {
			list[places[r.Int(0)]] = v
			t.source.keep(tb.key(r.Int(0)), v)
		}
		return err
	})
}
