//go:build cgo

package sqlite

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// Cause classifies the error of a failed statement.
func (e *engine) Cause(err error) sqldb.Cause {
	var se sqlite3.Error
	if !errors.As(err, &se) {
		return sqldb.CauseOther
	}
	if se.Code == sqlite3.ErrBusy || se.Code == sqlite3.ErrLocked {
		return sqldb.CauseConflict
	}
	return sqldb.CauseOther
}

// openError says why the store could not be opened.
func openError(err error) error {
	var se sqlite3.Error
	if !errors.As(err, &se) {
		return err
	}
	switch se.Code {
	case sqlite3.ErrCantOpen, sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrFull:
		return fmt.Errorf("%w: %w", sqldb.ErrNotWritable, err)
	case sqlite3.ErrNotADB:
		return fmt.Errorf("%w: %w", sqldb.ErrNotAStore, err)
	}
	return err
}

// IsUnwritable reports whether err is that of a write for which the disk is full, or
// which the file system refuses.
func IsUnwritable(err error) bool {
	var se sqlite3.Error
	if !errors.As(err, &se) {
		return false
	}
	switch se.Code {
	case sqlite3.ErrFull, sqlite3.ErrReadonly, sqlite3.ErrIoErr, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		return true
	}
	return false
}
