package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// When a connection is lost between a commit and its answer, the outcome of the
// commit is unknown. Every transaction therefore writes a token: the name of
// this process's connection and a number. If a new transaction finds the token,
// the old one was committed. The new transaction takes the writers' lock first
// and so waits for the old one, in case the server has not yet noticed that the
// connection is gone.
//
// pg_xact_status would answer the same without a row, but it knows only the
// transactions of its own server: after a failover the number may belong to
// another transaction, and compatible engines lack the function. A row costs some
// microseconds a commit, and many changes share one.
const (
	putToken   = "insert into commits (writer, no) values (?, ?)"
	findToken  = "select 1 from commits where writer = ? and no = ?"
	dropTokens = "delete from commits where writer = ? and no < ?"
	// dropOld drops those of processes that ended long ago.
	dropOld = "delete from commits where at < now() - interval '1 day'"
	// dropEvery is after how many commits old tokens are dropped.
	dropEvery = 256
)

// Commit sends the queue and ends the transaction.
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
	if err := w.sendQueue(); err != nil {
		return w.fail(err)
	}
	r := results{statements: w.sent}
	err := w.c.roundTrip(&r)
	w.open = true
	refusal := refusalOf(err)
	switch {
	case err == nil:
		w.careful = false
		w.reset()
		return nil
	case isLost(err) || refusal != nil && refusal.Code == codeUnknownOutcome:
		return w.resolve(err)
	case passing(err) || r.done == r.statements-1:
		return w.fail(err)
	}
	return w.failLate(err)
}

// resolve finds out whether the last commit was kept, whose answer was lost
// because of cause.
func (w *writer) resolve(cause error) error {
	_ = w.c.abort(cause)
	w.open = false
	for end := time.Now().Add(max(w.e.retry, minRetry)); ; time.Sleep(pause) {
		kept, err := w.kept()
		switch {
		case err == nil && kept:
			w.reset()
			return nil
		case err == nil:
			return w.fail(&lostError{cause})
		case time.Now().After(end):
			return w.fail(&unknownError{errors.Join(cause, err)})
		}
	}
}

// kept reports whether the last commit was kept.
func (w *writer) kept() (found bool, err error) {
	if w.c.closed() {
		if w.c, err = w.e.dial(context.Background()); err != nil {
			return false, err
		}
	}
	for _, c := range []call{{sql: beginWrite}, {sql: lock}, {findToken, []any{w.e.name, w.token}}} {
		if err := w.c.add(c.sql, c.args); err != nil {
			return false, err
		}
	}
	err = w.c.roundTrip(&results{statements: 3, scan: func(sqldb.Row) error {
		found = true
		return nil
	}})
	if w.c.add(rollback, nil) == nil {
		w.c.sendAsync()
	}
	return found, err
}
