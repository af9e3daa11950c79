package postgres

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// lostError says that a connection is closed, and why.
type lostError struct{ err error }

func (e *lostError) Error() string { return "postgres: no connection: " + e.err.Error() }

func (e *lostError) Unwrap() error { return e.err }

func isLost(err error) bool {
	var lost *lostError
	return errors.As(err, &lost)
}

// unknownError says that the outcome of a commit is unknown.
type unknownError struct{ err error }

func (e *unknownError) Error() string {
	return "postgres: the outcome of the commit is unknown: " + e.err.Error()
}

func (e *unknownError) Unwrap() error { return e.err }

// lateError says that a statement of an earlier change has ended the transaction.
type lateError struct{ err error }

func (e *lateError) Error() string { return "postgres: an earlier statement failed: " + e.err.Error() }

func (e *lateError) Unwrap() error { return e.err }

// Codes of the server's errors: see appendix A of the PostgreSQL manual.
const (
	codeUnknownOutcome = "40003"
	codeSerialization  = "40001"
	codeDeadlock       = "40P01"
	codeUnique         = "23505"
	codeLockTimeout    = "55P03"
	codeCanceled       = "57014" // also by statement_timeout
	codeReadOnly       = "25006"
	codeDiskFull       = "53100"
	codePrivilege      = "42501"
	codeNoStatement    = "26000"
	codeNoFeature      = "0A000"
)

// refusalOf returns the server's error in err, nil if there is none.
func refusalOf(err error) *pgconn.PgError {
	var e *pgconn.PgError
	errors.As(err, &e)
	return e
}

// closes reports whether a connection is of no more use after the server's error:
// the server has closed it, or does not write, or a prepared statement is gone or
// has become invalid.
func closes(e *pgconn.PgError) bool {
	severity := e.SeverityUnlocalized
	if severity == "" {
		severity = e.Severity
	}
	switch {
	case severity == "FATAL" || severity == "PANIC" || e.Code == codeReadOnly || e.Code == codeNoStatement:
		return true
	}
	return e.Code == codeNoFeature && strings.Contains(e.Message, "cached plan")
}

// passing reports whether another transaction was in the way, so that a new try
// may succeed. A unique index's refusal is of that kind: every change looks
// first, so the other row must have come from another writer.
func passing(err error) bool {
	e := refusalOf(err)
	return e != nil && (e.Code == codeSerialization || e.Code == codeDeadlock || e.Code == codeUnique)
}

// Cause returns what a failure means.
func (e *engine) Cause(err error) sqldb.Cause {
	var unknown *unknownError
	var late *lateError
	switch {
	case errors.As(err, &unknown):
		return sqldb.CauseLost
	case isLost(err) || passing(err) || errors.As(err, &late):
		return sqldb.CauseConflict
	}
	return sqldb.CauseOther
}

// wrap returns an error as the core names it: Busy for one that may pass, after
// which nothing was kept. A commit of unknown outcome is Internal, whatever was
// the cause: the same request might be applied twice.
func wrap(err error) error {
	if err == nil || core.AsError(err) != nil {
		return err
	}
	var unknown *unknownError
	if errors.As(err, &unknown) {
		return &core.Error{Kind: core.Internal, Op: "commit", Err: err}
	}
	e := refusalOf(err)
	if isLost(err) || e != nil && (e.Code == codeSerialization || e.Code == codeDeadlock || e.Code == codeLockTimeout || e.Code == codeCanceled) {
		return &core.Error{Kind: core.Busy, Op: "ask the database", Err: err}
	}
	return err
}

// IsUnwritable reports whether err is that of a write for which the server has no
// space, or which it does not take at all.
func IsUnwritable(err error) bool {
	e := refusalOf(err)
	return e != nil && (e.Code == codeDiskFull || e.Code == codeReadOnly)
}
