package core

import (
	"errors"
	"strings"
)

// Kind is the sort of failure, a closed list. Each dialect has a status and
// words for each.
type Kind uint8

const (
	Internal        Kind = iota // a bug or a broken machine; nothing a client can mend
	Invalid                     // the request breaks rules; Faults says which
	NotFound                    // what it names is not there, or not for this caller
	Unauthenticated             // who asks is not known
	Forbidden                   // who asks may not
	Conflict                    // the state of things does not allow it
	Stale                       // somebody else changed it meanwhile
	Busy                        // too much to do; the same request may succeed later
	kindCount
)

// Kinds lists every kind, for suites that check completeness.
func Kinds() []Kind { return upTo(kindCount) }

// Rule is what a field broke, a closed list. Each dialect has words for each.
type Rule uint8

const (
	Required      Rule = iota // absent
	NotNull                   // null
	NotBlank                  // empty
	TooShort                  // below Limit characters
	TooLong                   // above Limit characters
	Malformed                 // not of the form or type
	Taken                     // somebody has it
	Unknown                   // names something that is not there
	ReadOnly                  // cannot be changed
	WrongPassword             // a password given as proof is not right
	NoSuchUser                // a user given as proof is not there
	ruleCount
)

// Rules lists every rule, for suites that check completeness.
func Rules() []Rule { return upTo(ruleCount) }

func upTo[T ~uint8](n T) []T {
	all := make([]T, 0, n)
	for v := T(0); v < n; v++ {
		all = append(all, v)
	}
	return all
}

// Field names a field of a user, or one of a dialect's own.
type Field string

// The core's own fields, in the order in which it reports their faults.
const (
	FieldUID      Field = "uid"
	FieldUsername Field = "username"
	FieldEmail    Field = "email"
	FieldName     Field = "name"
	FieldPassword Field = "password"
	FieldHandle   Field = "handle" // Value is the handle's kind
	FieldKey      Field = "key"    // of a group or record
)

// FieldFullName is no field of its own but what [Name.Full] says: for a search
// that is to find what is shown as one text.
const FieldFullName Field = "full name"

// Fault is one field and the rule it broke.
type Fault struct {
	Field Field
	Rule  Rule
	Limit int    // of TooShort and TooLong, in characters
	Value string // what the dialect's words need, never a secret
}

// Error says what failed. It has no words for a client: only a dialect does.
type Error struct {
	Kind    Kind
	Op      string  // what was attempted, as in "save user"
	Subject string  // what it was attempted on: "user", "group", or a record's or group's kind
	Faults  []Fault // of Invalid and Conflict, in field order
	Err     error   // the cause, for the log only
}

// Error is for the log.
func (e *Error) Error() string {
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
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
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

// Bare errors of a kind, to compare with errors.Is.
var (
	ErrNotFound = &Error{Kind: NotFound}
	ErrStale    = &Error{Kind: Stale}
	ErrBusy     = &Error{Kind: Busy}
)

// KindOf returns the kind of err: Internal for one that is not the core's.
func KindOf(err error) Kind {
	if e := AsError(err); e != nil {
		return e.Kind
	}
	return Internal
}

// AsError returns the core's error in err's chain, or nil.
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

func ruleWord(r Rule) string {
	words := [ruleCount]string{"required", "null", "blank", "too short", "too long", "malformed", "taken", "unknown", "read-only", "wrong password", "no such user"}
	if r >= ruleCount {
		return "unknown rule"
	}
	return words[r]
}
