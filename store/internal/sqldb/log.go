package sqldb

import (
	"encoding/binary"
	"errors"
	"slices"
	"sync"

	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// state is a row of the log of states: what a commit has changed, and who made it.
type state struct {
	version uint64
	writer  string
	changed []byte
}

// readLog reads the log from a state on, that one too, as the connection sees it.
// The first row is another if that state is not in the log: it was dropped, or
// the database has gone back to before it.
func readLog(c Conn, from uint64) (log []state, err error) {
	err = c.Query(selectLog, []any{int64(from), int64(from)}, func(r Row) error {
		log = append(log, state{uint64(r.Int(0)), r.Text(1), r.Bytes(2)})
		return nil
	})
	if err != nil || len(log) > 0 {
		return log, err
	}
	err = c.Query(selectLast, nil, func(r Row) error {
		log = []state{{version: uint64(r.Int(0)), writer: r.Text(1)}}
		return nil
	})
	return log, err
}

// follower brings memory to the states that the log tells of, one after another.
type follower struct {
	mu sync.Mutex
	// writer names the commit that made the current state; "" is not known. A
	// server that went back to an earlier state may reach the same version with
	// another state: then the name differs, since each commit has its own.
	writer string
	// pending is the batch of this process that is being committed, if any.
	pending *changing
	version uint64 // that it will have
}

// follow brings memory to the last state of a log that was read from the state
// from on. What others have changed is forgotten; what this process is just
// committing is published for it. It does nothing for a log that is overtaken.
func (db *DB) follow(from uint64, log []state) {
	f := &db.follower
	f.mu.Lock()
	defer f.mu.Unlock()
	now := db.epochs.now()
	last := log[len(log)-1]
	number := now.number + 1
	switch {
	case log[0].version != from && now.version != from:
		return
	case log[0].version != from || f.replaced(log, now.version):
		db.cache.Forget(number, func(cache.Key) bool { return true })
		db.names.forget()
	case last.version <= now.version:
		return
	default:
		db.replay(log, now.version, number)
	}
	f.writer = last.writer
	db.epochs.advance(last.version, number)
}

// replaced reports whether the log has another state in the place of the current
// one. It learns the name of the current state's commit if that is not known.
func (f *follower) replaced(log []state, current uint64) bool {
	i := slices.IndexFunc(log, func(s state) bool { return s.version == current })
	if i < 0 {
		return false
	}
	if f.writer == "" {
		f.writer = log[i].writer
	}
	return log[i].writer != f.writer
}

func (db *DB) replay(log []state, version, number uint64) {
	for _, s := range log {
		switch {
		case s.version <= version:
		case db.follower.pending != nil && s.version == db.follower.version && s.writer == db.follower.pending.writer:
			db.follower.pending.publish(number)
		default:
			db.forget(s.changed, number)
		}
	}
}

// settled tells that the pending batch was kept, or not. If nobody has met it in
// the log before, it is published now.
func (db *DB) settled(kept bool) {
	f := &db.follower
	f.mu.Lock()
	defer f.mu.Unlock()
	made := f.pending
	f.pending = nil
	now := db.epochs.now()
	if kept && now.version < f.version {
		made.publish(now.number + 1)
		f.writer = made.writer
		db.epochs.advance(f.version, now.number+1)
	}
}

func (db *DB) expect(made *changing, version uint64) {
	db.follower.mu.Lock()
	defer db.follower.mu.Unlock()
	db.follower.pending, db.follower.version = made, version
}

// The log's word for what has changed: a list of objects and places, or that it
// is too much to say.
const (
	logList    = 1
	logTooMuch = 2
	logPlace   = 0x80 // beside the table: a place, not an object
	maxLogged  = 8192
)

// logged writes down what a batch has changed, but for new objects: nobody can
// have kept them.
func (c *changing) logged() []byte {
	b, n := []byte{logList}, 0
	for _, change := range c.summarized {
		b = binary.AppendUvarint(append(b, change.Key.Table), uint64(change.Key.Row))
	}
	for p := range c.wiped {
		b = binary.AppendUvarint(append(b, p.table|logPlace), uint64(p.scope))
	}
	for k, v := range c.objects {
		if u, is := v.(unknown); is && u.added {
			continue
		}
		if n++; n > maxLogged {
			return []byte{logTooMuch}
		}
		b = binary.AppendUvarint(append(b, k.Table), uint64(k.Row))
	}
	return b
}

var errLog = errors.New("sqldb: the log of states cannot be read")

// forget drops from memory what a row of the log says has changed.
func (db *DB) forget(logged []byte, number uint64) {
	changes, places, err := readLogged(logged)
	if err != nil {
		db.cache.Forget(number, func(cache.Key) bool { return true })
		return
	}
	if len(places) > 0 {
		db.cache.Forget(number, func(k cache.Key) bool { return places[place{k.Table, scopeOf(k.Row)}] })
	}
	db.cache.Publish(number, changes, false)
}

func readLogged(b []byte) (changes []cache.Change, places map[place]bool, err error) {
	if len(b) == 0 {
		return nil, nil, nil
	}
	if b[0] != logList {
		return nil, nil, errLog // too much, or of a newer program
	}
	places = map[place]bool{}
	for b = b[1:]; len(b) > 0; {
		table := b[0]
		row, n := binary.Uvarint(b[1:])
		if n <= 0 {
			return nil, nil, errLog
		}
		if table&logPlace != 0 {
			places[place{table &^ logPlace, scope(row)}] = true
		} else {
			changes = append(changes, cache.Change{Key: cache.Key{Table: table, Row: int64(row)}})
		}
		b = b[1+n:]
	}
	return changes, places, nil
}
