package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// A connection that is lost between a commit and its answer leaves the question
// whether the commit was kept. Every transaction therefore writes a token: the
// name of this process's connection and a number. Who finds it in a new
// transaction knows that the one that wrote it was kept. The new transaction
// takes the writers' lock first, and so waits for the old one, should the server
// not have noticed yet that nobody is there.
//
// pg_xact_status would tell the same without a row. But it knows only its own
// server's transactions: one that takes over from a failed server may have given
// the number to somebody else's transaction, and engines that speak the protocol
// do not have it. A row costs some microseconds a commit, of which there is one
// for many changes.
const (
	putToken   = "insert into commits (writer, no) values (?, ?)"
	findToken  = "select 1 from commits where writer = ? and no = ?"
	dropTokens = "delete from commits where writer = ? and no < ?"
	// dropOld drops those of processes that were gone long ago.
	dropOld = "delete from commits where at < now() - interval '1 day'"
	// dropEvery is after how many commits tokens that are of no more use go.
	dropEvery = 256
)

// Commit sends what is queued and ends the transaction.
func (w *writer) Commit() error {
	if w.failed != nil {
		return w.failed
	}
	w.token++
	w.queue = append(w.queue, call{putToken, []any{w.e.name, w.token}})
	if w.token%dropEvery == 0 {
		w.queue = append(w.queue, call{dropTokens, []any{w.e.name, w.token}})
	}
	w.queue = append(w.queue, call{sql: commit})
	if err := w.load(nil); err != nil {
		return w.fail(err)
	}
	f := flight{statements: w.sent}
	return w.committed(&f, w.l.fly(&f))
}

// committed judges how the last flight of a transaction went.
func (w *writer) committed(f *flight, err error) error {
	w.open = true
	refusal := refusalOf(err)
	switch {
	case err == nil:
		w.careful = false
		w.reset()
		return nil
	case isLost(err) || refusal != nil && refusal.Code == codeUnknownOutcome:
		return w.ask(err)
	case passing(err) || f.done == f.statements-1:
		return w.fail(err)
	}
	return w.late(err)
}

// ask finds out whether the last commit was kept, whose answer err has taken away.
func (w *writer) ask(err error) error {
	w.open = false
	for end := time.Now().Add(max(w.e.retry, minRetry)); ; {
		kept, askErr := w.kept()
		switch {
		case askErr == nil && kept:
			w.reset()
			return nil
		case askErr == nil:
			return w.fail(&lostError{err})
		case time.Now().After(end):
			return w.fail(&unknownError{errors.Join(err, askErr)})
		}
		time.Sleep(pause)
	}
}

// kept tells whether the last commit was kept.
func (w *writer) kept() (found bool, err error) {
	if w.l.dead == nil {
		w.l.die(errors.New("its last commit is in doubt"))
	}
	if w.l, err = w.e.dial(context.Background()); err != nil {
		w.l = &link{dead: err}
		return false, err
	}
	for _, c := range []call{{sql: beginWrite}, {sql: lock}, {findToken, []any{w.e.name, w.token}}} {
		if err := w.l.add(c.sql, c.args, 0); err != nil {
			return false, err
		}
	}
	f := flight{statements: 3, scan: func(sqldb.Row) error {
		found = true
		return nil
	}}
	err = w.l.fly(&f)
	if w.l.dead == nil && w.l.add(rollback, nil, 0) == nil {
		_ = w.l.throw()
	}
	return found, err
}
