package sqldb

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/store/internal/cache"
	"github.com/dragoman-gateway/dragoman/store/internal/snapshot"
)

// keptStates is about how many states a process may fall behind before it must
// forget all that it has in memory.
const keptStates = 10_000

const (
	selectLast = "select version, writer from states order by version desc limit 1"
	// selectLog returns the state that is known already without its changes.
	selectLog = `select version, writer, case when version > ? then changed end
		from states where version >= ? order by version`
	insertState = "insert into states (version, writer, changed) values (?, ?, ?)"
	dropStates  = "delete from states where version < ?"
)

// lastCommit returns the newest state that the connection sees.
func lastCommit(c Conn) (last snapshot.Commit, err error) {
	err = c.Query(selectLast, nil, scanLast(&last))
	return last, err
}

func scanLast(last *snapshot.Commit) func(Row) error {
	return func(r Row) error {
		*last = snapshot.Commit{Version: uint64(r.Int(0)), Name: r.Text(1)}
		return nil
	}
}

// readLog reads the log from a version on, that one included, as the connection
// sees it. The first row is another if that version is not in the log: it was
// dropped, or the database has gone back to before it.
func readLog(c Conn, from uint64) (log []snapshot.Commit, err error) {
	err = c.Query(selectLog, []any{int64(from), int64(from)}, func(r Row) error {
		log = append(log, snapshot.Commit{Version: uint64(r.Int(0)), Name: r.Text(1), Changes: r.Bytes(2)})
		return nil
	})
	if err == nil && len(log) == 0 {
		last, err := lastCommit(c)
		return []snapshot.Commit{last}, err
	}
	return log, err
}

// publisher brings memory from one state to the next.
type publisher struct {
	mu sync.Mutex
	// pending is the batch of this process that is being committed, if any.
	pending *writeSet
	version uint64 // that it will have
}

// catchUp brings memory to the newest state that the connection sees, and returns
// the current one, which may be newer.
func (db *DB) catchUp(c Conn) (last snapshot.Commit, err error) {
	from := db.state.Load().Version
	log, err := readLog(c, from)
	if err != nil {
		return last, err
	}
	db.apply(from, log)
	return log[len(log)-1], nil
}

// apply brings memory to the last state of a log that was read from a version on.
// What others have changed is dropped from memory; what this process is just
// committing is published. It does nothing if memory is ahead of the log.
func (db *DB) apply(from uint64, log []snapshot.Commit) {
	p := &db.publisher
	p.mu.Lock()
	defer p.mu.Unlock()
	now, last := db.state.Load(), log[len(log)-1]
	next := &snapshot.State{Version: last.Version, Commit: last.Name, Number: now.Number + 1}
	switch {
	case log[0].Version != from && now.Version != from:
		return
	case log[0].Version != from || replaced(log, now):
		db.cache.Invalidate(next.Number, func(cache.Key) bool { return true })
		db.names.forget()
	case last.Version <= now.Version:
		return
	default:
		db.replay(log, now.Version, next.Number)
	}
	db.state.Store(next)
}

// replaced reports whether the log has another state in the place of s: a server
// that went back to an earlier state has reached the version again.
func replaced(log []snapshot.Commit, s *snapshot.State) bool {
	i := slices.IndexFunc(log, func(c snapshot.Commit) bool { return c.Version == s.Version })
	return i >= 0 && log[i].Name != s.Commit
}

func (db *DB) replay(log []snapshot.Commit, version, number uint64) {
	p := &db.publisher
	for _, c := range log {
		switch {
		case c.Version <= version:
		case p.pending != nil && c.Version == p.version && c.Name == p.pending.commit:
			p.pending.publish(number)
		default:
			db.forget(c.Changes, number)
		}
	}
}

// forget drops from memory what a commit of another process has changed.
func (db *DB) forget(encoded []byte, number uint64) {
	changes, err := snapshot.Decode(encoded)
	if err != nil {
		db.cache.Invalidate(number, func(cache.Key) bool { return true })
		return
	}
	if len(changes.Scopes) > 0 {
		db.cache.Invalidate(number, func(k cache.Key) bool {
			return slices.Contains(changes.Scopes, snapshot.Scope{Table: k.Table, Scope: int64(scopeOf(k.Row))})
		})
	}
	list := make([]cache.Change, len(changes.Objects))
	for i, o := range changes.Objects {
		list[i].Key = cache.Key{Table: o.Table, Row: o.Row}
	}
	db.cache.Apply(number, list, false)
}

// beginPublish says which batch is being committed.
func (db *DB) beginPublish(made *writeSet, version uint64) {
	db.publisher.mu.Lock()
	defer db.publisher.mu.Unlock()
	db.publisher.pending, db.publisher.version = made, version
	db.committing.Store(true)
}

// endPublish says whether the pending batch was kept, and publishes it unless it
// was found in the log before. It returns the batch's state, nil if that is not
// the current one.
func (db *DB) endPublish(kept bool) *snapshot.State {
	p := &db.publisher
	p.mu.Lock()
	defer p.mu.Unlock()
	defer db.committing.Store(false)
	made := p.pending
	p.pending = nil
	now := db.state.Load()
	if kept && now.Version < p.version {
		now = &snapshot.State{Version: p.version, Commit: made.commit, Number: now.Number + 1}
		made.publish(now.Number)
		db.state.Store(now)
	}
	if !now.Same(p.version, made.commit) {
		return nil
	}
	return now
}

// unchanged reports whether no commit of this process has begun since s became the
// current state: a query that has ended saw no later one. False may also mean that
// it is not known.
func (db *DB) unchanged(s *snapshot.State) bool {
	return !db.committing.Load() && db.state.Load() == s
}

// catchUpWriter makes sure, when the writer has locked others out, that memory
// shows what they have written. The writer's sequences are forgotten if they have.
func (db *DB) catchUpWriter() error {
	for {
		last, err := db.catchUp(db.writer.conn)
		if err != nil {
			return err
		}
		now := db.state.Load()
		if !now.Same(last.Version, last.Name) {
			continue // a check was faster: the log is read again from its state
		}
		if now != db.base {
			clear(db.next)
			db.base = now
		}
		return nil
	}
}

// checker looks for commits of other processes. A view must see every commit that
// was acknowledged, by any process, before it began. So before a view, the log of
// states is read: by one check at a time, for all views that came before it
// started.
type checker struct {
	db   *DB
	conn Conn // of the running check

	mu      sync.Mutex
	next    *check // the one that has not started
	running bool
}

type check struct {
	done chan struct{}
	err  error
}

// wait waits for a check that starts after the call.
func (ck *checker) wait(ctx context.Context) error {
	ck.mu.Lock()
	if ck.next == nil {
		ck.next = &check{done: make(chan struct{})}
	}
	c, lead := ck.next, !ck.running
	if lead {
		ck.running, ck.next = true, nil
	}
	ck.mu.Unlock()
	if lead {
		ck.run(c)
	}
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run runs a check, and the next one if a view waits for it.
func (ck *checker) run(c *check) {
	began := time.Now()
	c.err = ck.look()
	ck.db.stats.checks.add(time.Since(began))
	close(c.done)
	ck.mu.Lock()
	defer ck.mu.Unlock()
	n := ck.next
	ck.next, ck.running = nil, n != nil
	if n != nil {
		ck.db.lifetime.extend()
		go func() {
			defer ck.db.lifetime.leave()
			ck.run(n)
		}()
	}
}

func (ck *checker) look() (err error) {
	if ck.conn == nil {
		if ck.conn, err = ck.db.engine.Connect(background, false); err != nil {
			ck.conn = nil
			return err
		}
	}
	_, err = ck.db.catchUp(ck.conn)
	return err
}

// close closes the connection, when no check is running.
func (ck *checker) close() error {
	if ck.conn == nil {
		return nil
	}
	return ck.conn.Close()
}

// lifetime lets a store be closed when nothing uses it.
type lifetime struct {
	mu      sync.Mutex
	idle    sync.Cond
	running int
	closed  bool
}

// enter begins a use of the store, until leave.
func (l *lifetime) enter() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrClosed
	}
	l.running++
	return nil
}

// extend begins another use within one.
func (l *lifetime) extend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running++
}

func (l *lifetime) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running--; l.running == 0 && l.closed {
		l.idle.Broadcast()
	}
}

// close waits for all uses to end and refuses new ones. It reports whether it is
// the first to do so.
func (l *lifetime) close() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := !l.closed
	l.closed = true
	for l.running > 0 {
		l.idle.Wait()
	}
	return first
}

// background is the context that drivers are given: a context that can end costs
// some of them a goroutine a query. The caller's is checked before.
var background = context.Background()

// errFull says that all IDs of a sequence have been used.
var errFull = errors.New("sqldb: ID space exhausted")
