package schema

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/django"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Context is what the reading of values depends on besides the schema.
type Context struct {
	Form   bool        // values come from a form: for all types but strings, blank is null
	Limits wire.Limits // of JSON inside strings
	Files  Files
}

// Files names uploaded files and knows their links.
type Files interface {
	// NewName returns the name under which to keep an upload, or a fault.
	NewName(upload *wire.File) (name, fault string)
	// NameInLink returns the name of the file that a link points at; "" for a
	// link to anything else.
	NameInLink(link string) string
	// Link returns the link to a file; "" if name is not the name of a file.
	Link(name string) string
}

// Input is what a request sets one field to.
type Input struct {
	Field  *Field
	JSON   string // the text to store; "" is null, which removes the value
	IDs    []int64
	Upload *wire.File // a new file
	File   string     // the name of a file, new or not
	// Apply, if set, computes JSON from the stored value, inside the transaction.
	Apply Operator

	removed []int64 // by Apply from a relation, after adding
}

// Read reads one value by the field's type; fault is "" for a good one. It does
// not check that what an id or a file name points at exists.
func (c *Context) Read(f *Field, v wire.Value, operators bool) (in Input, fault string) {
	if operators {
		if in, ok := readOperator(f, v); ok {
			return in, ""
		}
	}
	in.Field = f
	if v.IsNull() {
		return in, ""
	}
	switch f.Type {
	case String:
		in.JSON, fault = readString(v, 128)
	case Text:
		in.JSON, fault = readString(v, 32000)
	case Integer, Float, Boolean, Datetime:
		in.JSON, fault = c.scalar(f.Type, v)
	default:
		if c.BlankIsNull(v) {
			return in, ""
		}
		fault = c.readOther(&in, v)
	}
	return in, fault
}

func (c *Context) readOther(in *Input, v wire.Value) (fault string) {
	switch in.Field.Type {
	case File:
		return c.readFile(in, v)
	case Reference:
		return readReference(in, v)
	}
	return c.readCompound(in, v)
}

func (c *Context) scalar(t Type, v wire.Value) (stored, fault string) {
	if t != Boolean && c.BlankIsNull(v) {
		return "", ""
	}
	switch t {
	case Integer:
		return readInteger(v)
	case Float:
		return readFloat(v)
	case Boolean:
		return readBoolean(v)
	}
	return readDatetime(v)
}

// BlankIsNull reports whether v is the empty string of a form, which for all
// types but strings is how a form says null.
func (c *Context) BlankIsNull(v wire.Value) bool {
	s, ok := v.Str()
	return c.Form && ok && s == ""
}

func readString(v wire.Value, limit int) (stored, fault string) {
	given := v.Text()
	switch v.Kind() {
	case wire.KindString:
	case wire.KindNumber:
		given = NumberText(v)
	default:
		return "", MsgNotString
	}
	if utf8.RuneCountInString(given) > limit {
		return "", MsgTooLong(limit)
	}
	return string(wire.String(given).JSON()), ""
}

func readInteger(v wire.Value) (stored, fault string) {
	if v.Kind() != wire.KindNumber && v.Kind() != wire.KindString {
		return "", MsgNotInteger
	}
	whole := pystyle.Strip(v.Text())
	if i := strings.IndexByte(whole, '.'); i >= 0 && strings.Trim(whole[i+1:], "0") == "" {
		whole = whole[:i]
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil && isDigits(strings.TrimLeft(whole, "+-")):
		return "", msgOutOfRange(strings.HasPrefix(whole, "-"))
	case err != nil:
		return "", MsgNotInteger
	case n < math.MinInt32 || n > math.MaxInt32:
		return "", msgOutOfRange(n < 0)
	}
	return strconv.FormatInt(n, 10), ""
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func readFloat(v wire.Value) (stored, fault string) {
	n, ok := FloatOf(v)
	if b, isBool := v.Bool(); isBool { // Python's booleans are numbers
		n, ok = 0, true
		if b {
			n = 1
		}
	}
	if !ok {
		return "", MsgNotNumber
	}
	return string(wire.AppendPyFloat(nil, n)), ""
}

func readBoolean(v wire.Value) (stored, fault string) {
	switch v.Text() {
	case "", "null", "Null", "NULL":
		if v.Kind() == wire.KindString {
			return "", ""
		}
	}
	b, ok := Bool(v)
	if !ok {
		return "", msgBadBoolean
	}
	return strconv.FormatBool(b), ""
}

// DatetimeLayout is the stored and shown form of datetimes.
const DatetimeLayout = "2006-01-02T15:04:05.000000Z"

func readDatetime(v wire.Value) (stored, fault string) {
	s, ok := v.Str()
	if !ok {
		return "", msgNotDatetime
	}
	at, ok := django.ParseDatetime(s)
	if !ok {
		return "", msgNotDatetime
	}
	return `"` + at.Format(DatetimeLayout) + `"`, ""
}
