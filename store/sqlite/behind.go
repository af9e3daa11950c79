package sqlite

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// writer is the connection that writes. Of many statements in a row that are run
// for their effect alone, as an import makes them, the later ones are run behind
// the back of their maker: while SQLite stores a user the next is put together.
// Every other call waits for them first.
type writer struct {
	*conn
	row   int    // statements in a row
	made  []call // not yet handed over
	todo  chan bundle
	done  chan bundle
	out   int   // bundles handed over and not yet collected
	late  error // what one that ran behind has failed with, until Rollback
	spare []call
}

// call is a statement to be run.
type call struct {
	sql  string
	args []any
}

// bundle is calls that are handed over together, and their failure.
type bundle struct {
	calls []call
	err   error
}

const (
	// inRow is after how many statements in a row the next are run behind:
	// requests make fewer.
	inRow = 64
	// perBundle and ahead bound what has been made up and not yet run.
	perBundle = 64
	ahead     = 4
)

func newWriter(c *conn) *writer {
	w := &writer{conn: c, todo: make(chan bundle, ahead), done: make(chan bundle, ahead)}
	go w.run()
	return w
}

func (w *writer) run() {
	defer close(w.done)
	for b := range w.todo {
		for _, c := range b.calls {
			if b.err == nil {
				b.err = w.conn.Exec(c.sql, c.args...)
			}
		}
		w.done <- b
	}
}

// Exec runs a statement, now or behind.
func (w *writer) Exec(sql string, args ...any) error {
	if w.row++; w.row <= inRow || w.late != nil {
		return errors.Join(w.late, w.conn.Exec(sql, args...))
	}
	w.made = append(w.made, call{sql, args})
	if len(w.made) == perBundle {
		w.hand()
	}
	return nil
}

// hand hands over what has been made up.
func (w *writer) hand() {
	if w.out == ahead {
		w.collect()
	}
	w.todo <- bundle{calls: w.made}
	w.out++
	w.made, w.spare = w.spare, nil
}

func (w *writer) collect() {
	b := <-w.done
	w.out--
	if b.err != nil {
		w.late = errors.Join(w.late, b.err)
	}
	clear(b.calls)
	w.spare = b.calls[:0]
}

// settle waits for everything that runs behind, and returns what has failed.
func (w *writer) settle() error {
	if len(w.made) > 0 {
		w.hand()
	}
	for w.out > 0 {
		w.collect()
	}
	w.row = 0
	return w.late
}

// after runs fn unless something behind has failed.
func (w *writer) after(fn func() error) error {
	if err := w.settle(); err != nil {
		return err
	}
	return fn()
}

func (w *writer) Query(sql string, args []any, scan func(sqldb.Row) error) error {
	if err := w.settle(); err != nil {
		return err
	}
	return w.conn.Query(sql, args, scan)
}

func (w *writer) BeginWrite() error { return w.after(w.conn.BeginWrite) }
func (w *writer) Commit() error     { return w.after(w.conn.Commit) }
func (w *writer) Savepoint() error  { return w.after(w.conn.Savepoint) }
func (w *writer) Release() error    { return w.after(w.conn.Release) }
func (w *writer) Undo() error       { return w.after(w.conn.Undo) }
func (w *writer) Tidy() error       { return w.after(w.conn.Tidy) }

// InTx tells whether no failure has ended the transaction.
func (w *writer) InTx() bool { return w.settle() == nil && w.conn.InTx() }

// Rollback ends the transaction and forgets what has failed in it.
func (w *writer) Rollback() error {
	_ = w.settle()
	w.late = nil
	return w.conn.Rollback()
}

func (w *writer) Close() error {
	_ = w.settle()
	close(w.todo)
	<-w.done
	return w.conn.Close()
}
