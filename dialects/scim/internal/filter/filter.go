// Package filter parses the filters and the attribute paths of SCIM (RFC 7644,
// sections 3.4.2.2 and 3.5.2), and what identity providers send in their place. It
// knows no schema: names stay as they were written.
package filter

// Expr is a parsed filter: one of [And], [Or], [Not], [Compare] and [Values].
type Expr interface{ expr() }

// And is true if both sides are.
type And struct{ Left, Right Expr }

// Or is true if one side is.
type Or struct{ Left, Right Expr }

// Not is true if X is not.
type Not struct{ X Expr }

// Compare compares an attribute with a value.
type Compare struct {
	// Attr is the attribute's path as written, such as "emails.value" or a URN, a
	// colon and a name.
	Attr  string
	Op    Op
	Value Value // of all operators but Present
}

// Values is attr[filter]: one value of the attribute meets the filter. Its names
// are those of sub-attributes.
type Values struct {
	Attr   string
	Filter Expr
	// Sub, if not nil, compares a sub-attribute of such a value: attr[filter].sub eq "x".
	Sub *Compare
}

func (And) expr()     {}
func (Or) expr()      {}
func (Not) expr()     {}
func (Compare) expr() {}
func (Values) expr()  {}

// Op is an operator.
type Op string

// The operators.
const (
	Equal        Op = "eq"
	NotEqual     Op = "ne"
	Contains     Op = "co"
	StartsWith   Op = "sw"
	EndsWith     Op = "ew"
	Greater      Op = "gt"
	GreaterEqual Op = "ge"
	Less         Op = "lt"
	LessEqual    Op = "le"
	Present      Op = "pr"
)

// operator returns the operator of that name, in any case of letters.
func operator(word string) (Op, bool) {
	switch op := Op(lower(word)); op {
	case Equal, NotEqual, Contains, StartsWith, EndsWith, Greater, GreaterEqual, Less, LessEqual, Present:
		return op, true
	}
	return "", false
}

// Kind is the type of a [Value].
type Kind uint8

// The kinds of a value. Text without quotes that is not one of the others is a String.
const (
	Null Kind = iota
	Bool
	Number
	String
)

// Value is the right side of a comparison.
type Value struct {
	Kind Kind
	Text string // a string's content, a number as written, "true" or "false"
}

// Path is an attribute path of a PATCH: attr, attr.sub, attr[filter], attr[filter].sub.
type Path struct {
	Attr   string // as in [Compare]
	Filter Expr   // nil without brackets
	Sub    string // after the brackets; "" without
}

// Bounds of a filter.
const (
	MaxLength      = 8 << 10 // bytes
	MaxDepth       = 32      // brackets inside each other
	MaxComparisons = 100
)

// Error says where and why a filter or path cannot be understood. It never quotes it.
type Error struct {
	Offset int // in bytes
	Msg    string
	// InFilter reports whether it is in a filter: in a path, between its brackets.
	InFilter bool
}

func (e *Error) Error() string { return e.Msg }
