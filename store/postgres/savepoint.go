package postgres

import "errors"

var errWriting = errors.New("postgres: this connection is for writing")

// Savepoint notes that a change begins, and that those before it have ended.
func (w *writer) Savepoint() error {
	if w.failed != nil {
		return w.failed
	}
	if len(w.queue) >= enough {
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.change, w.own, w.saved = len(w.queue), w.sent+len(w.queue), false
	return nil
}

// Release makes the change part of the transaction. It fails if the change has
// ignored a failed statement.
func (w *writer) Release() error {
	if w.failed != nil || w.refused != nil {
		return errors.Join(w.failed, w.refused)
	}
	if w.saved {
		w.queue = append(w.queue, call{sql: release})
	}
	w.change, w.saved = none, false
	return nil
}

// RollbackToSavepoint takes the change back: what was sent by the savepoint, the rest by
// dropping it from the queue.
func (w *writer) RollbackToSavepoint() error {
	if w.failed == nil && w.change != none {
		w.queue = w.queue[:w.change]
		if w.saved {
			w.queue = append(w.queue, call{sql: rollbackTo}, call{sql: release})
		}
	}
	w.change, w.saved, w.refused = none, false, nil
	return w.failed
}
