package postgres

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// flight is what becomes of statements that were sent together. Only the last
// one's rows are wanted.
type flight struct {
	statements int
	still      func() bool           // asked once that the last one has seen its state; nil agrees
	scan       func(sqldb.Row) error // nil wants none
	// loose says that nothing hangs on the connection: if its reader wants no
	// more it may be cut.
	loose bool

	done    int   // how many statements were run
	rows    int   // how many rows were read
	more    bool  // the last one has more rows
	left    int   // how many rows came that nobody wanted
	asked   bool  // still
	refused bool  // by the server
	err     error // what the server refused, or the reader did
}

// errMoved says that still refused.
var errMoved = errors.New("postgres: the state has moved on")

// maxLeft is how many rows are read that nobody wants, sooner than cut a
// connection and make a new one.
const maxLeft = 10_000

// errLeft is why the connection was cut.
var errLeft = errors.New("postgres: the rest was not wanted")

// take gives a row to the reader, until that has failed.
func (f *flight) take(r *row) {
	if f.scan == nil || f.done < f.statements-1 {
		return
	}
	f.ask()
	switch {
	case f.err == nil:
		f.rows++
		f.err = f.scan(r)
	case f.loose:
		f.left++
	}
}

// ask asks still, once.
func (f *flight) ask() {
	if f.still != nil && !f.asked && f.err == nil && !f.still() {
		f.err = errMoved
	}
	f.asked = true
}

// complete notes that a statement has run.
func (f *flight) complete() {
	f.done++
	if f.done == f.statements {
		f.ask()
	}
}

// refuse notes what the server refused. The reader may have refused before, but
// that matters less.
func (f *flight) refuse(err error) { f.refused, f.err = true, err }
