package postgres

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// lostError says that a connection is gone, and why.
type lostError struct{ err error }

func (e *lostError) Error() string { return "postgres: no connection: " + e.err.Error() }

func (e *lostError) Unwrap() error { return e.err }

func isLost(err error) bool {
	var lost *lostError
	return errors.As(err, &lost)
}

// unknownError says that nobody knows whether a commit was kept.
type unknownError struct{ err error }

func (e *unknownError) Error() string {
	return "postgres: whether the commit was kept is not known: " + e.err.Error()
}

func (e *unknownError) Unwrap() error { return e.err }

// lateError says that a transaction was ended by a statement whose sender had
// gone on already.
type lateError struct{ err error }

func (e *lateError) Error() string { return "postgres: an earlier statement failed: " + e.err.Error() }

func (e *lateError) Unwrap() error { return e.err }

// Codes of the server's errors. source: PostgreSQL manual, appendix A
const (
	codeUnknownOutcome = "40003"
	codeSerialization  = "40001"
	codeDeadlock       = "40P01"
	codeUnique         = "23505"
	codeLockTimeout    = "55P03"
	codeCanceled       = "57014" // statement_timeout, too
	codeReadOnly       = "25006"
	codePrivilege      = "42501"
	codeNoStatement    = "26000"
	codeNoFeature      = "0A000"
)

// refusalOf returns what the server said, nil if it was not the server.
func refusalOf(err error) *pgconn.PgError {
	var e *pgconn.PgError
	errors.As(err, &e)
	return e
}

// ends tells whether a connection is of no more use after the server's error: it
// was closed, it leads to a server that does not write, or what was prepared on
// it is not there any more or has become wrong.
func ends(e *pgconn.PgError) bool {
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

// passing tells whether another transaction was in the way, which will be gone. A
// row that a unique index refuses is of that kind: every change looks first, so
// that it can only have come from another writer.
func passing(err error) bool {
	e := refusalOf(err)
	return e != nil && (e.Code == codeSerialization || e.Code == codeDeadlock || e.Code == codeUnique)
}

// Cause tells what a failure means.
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

// told is a failure as the core names it: what may pass is Busy.
func told(err error) error {
	if err == nil || core.AsError(err) != nil {
		return err
	}
	e := refusalOf(err)
	if isLost(err) || e != nil && (e.Code == codeSerialization || e.Code == codeDeadlock || e.Code == codeLockTimeout || e.Code == codeCanceled) {
		return &core.Error{Kind: core.Busy, Op: "ask the database", Err: err}
	}
	return err
}
