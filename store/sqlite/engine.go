//go:build cgo

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/mattn/go-sqlite3"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// engine is one SQLite file that this process owns.
type engine struct {
	options
	lock *os.File // nil for an image, whose folder is this process's alone
	// image are the connections of a store that began with an image, else nil.
	image *restingConns
	// maxPages bounds the file; 0 means no bound.
	maxPages int64
}

// mapped has a connection read the file through memory that the system shares.
const mapped = "pragma mmap_size = 1073741824"

// connect opens a connection to the file that a URI names.
func connect(uri string) (*conn, error) {
	raw, err := (&sqlite3.SQLiteDriver{}).Open(uri)
	if err != nil {
		return nil, err
	}
	c := &conn{raw: raw.(*sqlite3.SQLiteConn), statements: map[string]*statement{}}
	c.backlog.run = c.run
	return c, nil
}

// create opens a connection that may write, and makes the file if there is none.
func (o *options) create() (*conn, error) {
	c, err := connect(o.uri("rwc"))
	if err != nil || o.temporary == "" {
		return c, err
	}
	if err := c.Exec("pragma journal_mode = wal"); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (o *options) openReader() (*conn, error) { return connect(o.uri("rw")) }

// Connect opens a connection. Much of the file is read through memory that the system
// shares between connections. Recent writes, and the indexes that an import fills in
// random order, are in a cache of each connection.
func (e *engine) Connect(_ context.Context, write bool) (sqldb.Conn, error) {
	if e.image != nil {
		return e.image.connect(write, func(write bool) (*conn, error) { return e.connect(write) }), nil
	}
	return e.connect(write)
}

func (e *engine) connect(write bool) (*conn, error) {
	open, pragmas := e.openReader, []string{"pragma query_only = on", "pragma cache_size = -16384"}
	if write {
		open, pragmas = e.create, []string{"pragma cache_size = -65536"}
	}
	c, err := open()
	if err != nil {
		return nil, err
	}
	if write && e.maxPages > 0 {
		pragmas = append(pragmas, fmt.Sprintf("pragma max_page_count = %d", e.maxPages))
	}
	pragmas = append(pragmas, mapped,
		"pragma wal_autocheckpoint = 0", "pragma journal_size_limit = 67108864")
	for _, p := range pragmas {
		if err := c.Exec(p); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// Readers is one for each core: more only take turns, and each has a cache.
func (e *engine) Readers() int { return max(2, runtime.GOMAXPROCS(0)) }

// Shared is false: the lock keeps other processes out.
func (e *engine) Shared() bool { return false }

// CacheBytes is how much memory objects may take.
func (e *engine) CacheBytes() int64 { return e.cache }

// Find is SQLite's name of the function.
func (e *engine) Find() string { return "instr" }

// Close releases the file, and removes it if it is temporary.
func (e *engine) Close() error {
	var err error
	if e.lock != nil {
		err = e.lock.Close()
	}
	if e.temporary != "" {
		err = errors.Join(err, os.RemoveAll(e.temporary))
	}
	return err
}

// SelfCheck is SQLite's own check of the file, its indexes included.
func (e *engine) SelfCheck() string { return "pragma integrity_check" }

// Scrub writes the whole file again, without the pages that are free, and empties the log.
func (e *engine) Scrub(c sqldb.Conn) error {
	nothing := func(sqldb.Row) error { return nil }
	if err := c.Query("vacuum", nil, nothing); err != nil {
		return err
	}
	return c.Query("pragma wal_checkpoint(truncate)", nil, nothing)
}
