package gateway

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
)

// Cause is the part of a configuration that must change for an [Error] to go away.
type Cause int

// Causes.
const (
	BadSettings Cause = iota + 1
	BadStore          // the store cannot be opened, read or written
	BadSeed
)

// Error is why a gateway cannot be opened or seeded.
type Error struct {
	Cause Cause
	Err   error
}

// Error implements error.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error without its cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrNotEmpty means that the store has users, so no first administrator is made.
var ErrNotEmpty = errors.New("store is not empty")

// YAMLError returns one line with the position, without the quoted source that
// the library would add: it may contain passwords.
func YAMLError(path string, err error) error {
	if e, ok := err.(yaml.Error); ok && e.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", path, e.GetToken().Position.Line, e.GetMessage())
	}
	return fmt.Errorf("%s: %w", path, err)
}
