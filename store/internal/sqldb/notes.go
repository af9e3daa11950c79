package sqldb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// keptNotes is how long a note is kept that is not renewed: that of a process that died.
const keptNotes = 24 * time.Hour

const (
	putNote = `with old as (delete from notes where noted_at < ? and name <> ? returning 1)
		insert into notes (name, noted_at, text) values (?, ?, ?)
		on conflict (name) do update set noted_at = excluded.noted_at, text = excluded.text returning 1`
	dropNote  = "delete from notes where name = ? returning 1"
	listNotes = "select name, noted_at, text from notes where name >= ? and name < ? order by name"
)

// Note replaces the note of that name; see [core.Noter]. Notes of a database that only
// one process can use are in its memory.
func (db *DB) Note(ctx context.Context, n core.Note) error {
	n.At = n.At.UTC().Truncate(time.Microsecond)
	if !db.engine.Shared() {
		db.notes.put(n)
		return nil
	}
	return db.noted(ctx, putNote, n.At.Add(-keptNotes).UnixMicro(), n.Name, n.Name, n.At.UnixMicro(), n.Text)
}

// EndNote removes the note of that name, if there is one.
func (db *DB) EndNote(ctx context.Context, name string) error {
	if !db.engine.Shared() {
		db.notes.drop(name)
		return nil
	}
	return db.noted(ctx, dropNote, name)
}

// Notes lists, by name, the notes whose names begin with the prefix.
func (db *DB) Notes(ctx context.Context, prefix string) (list []core.Note, err error) {
	if !db.engine.Shared() {
		return db.notes.list(prefix), nil
	}
	err = db.askOnce(ctx, listNotes, []any{prefix, cmp.Or(after(prefix), "\U0010FFFF")}, func(r Row) error {
		list = append(list, core.Note{Name: r.Text(0), At: time.UnixMicro(r.Int(1)).UTC(), Text: r.Text(2)})
		return nil
	})
	return list, err
}

func (db *DB) noted(ctx context.Context, sql string, args ...any) error {
	return db.askOnce(ctx, sql, args, func(Row) error { return nil })
}

// askOnce runs a statement that is a transaction by itself.
func (db *DB) askOnce(ctx context.Context, sql string, args []any, scan func(Row) error) error {
	if err := db.lifetime.enter(); err != nil {
		return err
	}
	defer db.lifetime.leave()
	c, err := db.readers.take(ctx)
	if err != nil {
		return err
	}
	defer db.readers.give(c)
	return c.Query(sql, args, scan)
}

// noteBook is the notes of one process. The zero value is ready.
type noteBook struct {
	mu    sync.Mutex
	notes map[string]core.Note
}

func (b *noteBook) put(n core.Note) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.notes == nil {
		b.notes = map[string]core.Note{}
	}
	maps.DeleteFunc(b.notes, func(_ string, o core.Note) bool { return o.At.Before(n.At.Add(-keptNotes)) })
	b.notes[n.Name] = n
}

func (b *noteBook) drop(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.notes, name)
}

func (b *noteBook) list(prefix string) (list []core.Note) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(b.notes)) {
		if strings.HasPrefix(name, prefix) {
			list = append(list, b.notes[name])
		}
	}
	return list
}

// Shared reports whether other processes may use the database.
func (db *DB) Shared() bool { return db.engine.Shared() }
