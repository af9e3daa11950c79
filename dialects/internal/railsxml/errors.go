package railsxml

import (
	"errors"
	"fmt"
)

// Why a document is refused, beside wire.ErrTooDeep and wire.ErrTooMany. Compare with errors.Is.
var (
	ErrMalformed = errors.New("railsxml: not well-formed")
	ErrDirective = errors.New("railsxml: document types and other directives are refused")
	ErrEntity    = errors.New("railsxml: an ampersand that begins no reference")
	ErrEncoding  = errors.New("railsxml: the text is not of its encoding")
	ErrType      = errors.New("railsxml: refused type")
)

// Error says where a document was refused, and by Unwrap why. It never quotes the document.
type Error struct {
	Offset int // in bytes from the start; -1 = not known
	Cause  error
}

func (e *Error) Error() string {
	if e.Offset < 0 {
		return e.Cause.Error()
	}
	return fmt.Sprintf("%v at offset %d", e.Cause, e.Offset)
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Cause }
