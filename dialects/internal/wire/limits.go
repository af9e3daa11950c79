package wire

import (
	"errors"
	"fmt"
)

// Limits bound what one body may make the server hold. A zero member means its default.
type Limits struct {
	Depth     int   // containers inside each other; default 100
	Values    int   // values of a JSON document, pieces of markup of an XML one; default 65,536
	Pairs     int   // pairs of a form or parts of a multipart body; default 4,096
	Files     int   // files of a multipart body; default 64
	FileBytes int64 // bytes of all files of a body together; default 16 MiB
	// FieldBytes bounds all fields beside the files of a multipart body together; default 15 MiB.
	FieldBytes int64
}

// WithDefaults is l with every zero member replaced by its default.
func (l Limits) WithDefaults() Limits {
	l.Depth = positive(l.Depth, 100)
	l.Values = positive(l.Values, 1<<16)
	l.Pairs = positive(l.Pairs, 4096)
	l.Files = positive(l.Files, 64)
	l.FileBytes = positive(l.FileBytes, 16<<20)
	l.FieldBytes = positive(l.FieldBytes, 15<<20)
	return l
}

func positive[T int | int64](v, fallback T) T {
	if v > 0 {
		return v
	}
	return fallback
}

// What a body can exceed, and how its reading can fail. Compare with errors.Is.
var (
	ErrTooDeep  = errors.New("wire: body nested too deeply")
	ErrTooMany  = errors.New("wire: body has too many values")
	ErrTooLarge = errors.New("wire: body too large")
	ErrTooSlow  = errors.New("wire: body did not arrive in time")
	// ErrCutOff says that the connection broke: hardly anybody is left to read an answer.
	ErrCutOff = errors.New("wire: body cut off")
	// ErrFormShape means that a form uses one name both for a plain value and for a container.
	ErrFormShape = errors.New("wire: a form field has two shapes")
)

// SyntaxError says where and why a JSON, form or multipart body is malformed. It never quotes the body.
type SyntaxError struct {
	Offset int    // in bytes from the start of the body
	Msg    string // a sentence with its full stop
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("Parse error at offset %d: %s", e.Offset, e.Msg)
}
