package core

import (
	"errors"
	"strings"
)

// Kind is the class of an error. Each dialect has a status and words for each.
type Kind uint8

const (
	Internal        Kind = iota // a bug or a broken machine: the client cannot help it
	Invalid                     // the request breaks rules; Faults says which
	NotFound                    // the object does not exist, or not for this caller
	Unauthenticated             // the caller is not authenticated
	Forbidden                   // the caller may not do it
	Conflict                    // the current state does not allow it
	Stale                       // another writer changed the object meanwhile
	Busy                        // overloaded: the same request may succeed later
	kindCount
)

// Kinds lists every kind, for tests of completeness.
func Kinds() []Kind { return upTo(kindCount) }

// Rule is what a field broke. Each dialect has words for each.
type Rule uint8

const (
	Required      Rule = iota // absent
	NotNull                   // null
	NotBlank                  // empty
	TooShort                  // below Limit characters
	TooLong                   // above Limit characters
	Malformed                 // not of the expected form or type
	Taken                     // another object has the value
	Unknown                   // refers to an object that does not exist
	ReadOnly                  // cannot be changed
	WrongPassword             // the current password that was sent is wrong
	NoSuchUser                // there is no user with the name that was sent
	ruleCount
)

// Rules lists every rule, for tests of completeness.
func Rules() []Rule { return upTo(ruleCount) }

func upTo[T ~uint8](n T) []T {
	all := make([]T, 0, n)
	for v := T(0); v < n; v++ {
		all = append(all, v)
	}
	return all
}

// Field names a field of the core, or one that only a dialect has.
type Field string

// The core's own fields, in the order in which it reports their faults.
const (
	FieldID       Field = "id" // only of objects that bring their number
	FieldUID      Field = "uid"
	FieldUsername Field = "username"
	FieldEmail    Field = "email"
	FieldName     Field = "name"
	FieldPassword Field = "password"
	FieldHandle   Field = "handle" // Value is the handle's kind
	FieldKey      Field = "key"    // of a group or record

	FieldAttributes Field = "attributes" // all of them; the limit is in bytes
)

// FieldFullName is what [Name.Full] returns. It is only for searches, which find
// the name as it is shown.
const FieldFullName Field = "full name"

// Fault is one field and the rule it broke.
type Fault struct {
	Field Field
	Rule  Rule
	Limit int    // of TooShort and TooLong, in characters
	Value string // what the dialect's words need, never a secret
}

// Error describes a failure. Its text is for the log; a dialect has the words for
// its clients.
type Error struct {
	Kind    Kind
	Op      string  // what was attempted, as in "save user"
	Subject string  // what it was attempted on: "user", "group", or a record's or group's kind
	Faults  []Fault // of Invalid and Conflict, in field order
	Err     error   // the cause, for the log only
}

// Error returns the text for the log.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Summary() + ": " + e.Err.Error()
	}
	return e.Summary()
}

// Summary returns Error without the cause, which may repeat what a client sent.
func (e *Error) Summary() string {
	var b strings.Builder
	b.WriteString(kindWord(e.Kind))
	for _, part := range []string{e.Op, e.Subject} {
		if part != "" {
			b.WriteString(": " + part)
		}
	}
	for _, f := range e.Faults {
		b.WriteString(": " + string(f.Field) + " " + ruleWord(f.Rule))
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, ErrNotFound) true for every error of that kind.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Op == "" && t.Subject == "" && t.Faults == nil && t.Err == nil
}

// Errors of a kind and nothing else, to compare with errors.Is.
var (
	ErrNotFound = &Error{Kind: NotFound}
	ErrStale    = &Error{Kind: Stale}
	ErrBusy     = &Error{Kind: Busy}
)

// KindOf returns the kind of err: Internal if it is not an [*Error].
func KindOf(err error) Kind {
	if e := AsError(err); e != nil {
		return e.Kind
	}
	return Internal
}

// AsError returns the [*Error] in err's chain, or nil.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// NewInvalid makes an error of kind Invalid of the faults; nil without any.
func NewInvalid(faults ...Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Faults: faults}
}

func kindWord(k Kind) string {
	words := [kindCount]string{"internal", "invalid", "not found", "unauthenticated", "forbidden", "conflict", "stale", "busy"}
	if k >= kindCount {
		return "unknown kind"
	}
	return words[k]
}

// String returns the rule's words for a log or a report, as in "too long".
func (r Rule) String() string { return ruleWord(r) }

func ruleWord(r Rule) string {
	words := [ruleCount]string{"required", "null", "blank", "too short", "too long", "malformed", "taken", "unknown", "read-only", "wrong password", "no such user"}
	if r >= ruleCount {
		return "unknown rule"
	}
	return words[r]
}
