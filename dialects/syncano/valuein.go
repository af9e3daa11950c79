package syncano

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Messages about values of schema fields.
const (
	msgNotBoolean  = "Not a valid boolean."
	msgNotDatetime = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm:ss.uuuuuuZ."
	msgNotObject   = "Not a valid object."
	msgNotArray    = "Not a valid array."
	msgArrayItems  = "Array can only contain strings, booleans, integers and floats."
	msgNotGeopoint = "Not a valid geopoint."
	msgNotRelation = "Not a valid relation."
	msgRelationIDs = "Relation can only contain integers (object ids)."
	msgNoTarget    = "Target with specified id does not exist."
	msgTooSmall    = "Ensure this value is greater than or equal to -2147483648."
	msgTooGreat    = "Ensure this value is less than or equal to 2147483647."
)

// valueInput is what a request says of one schema field.
type valueInput struct {
	field *field
	json  string // the text to store; "" is null, which removes the value
	ids   []int64
	file  *wire.File // to be kept
	name  string     // of a file: under which it is kept
	apply operator   // set: json is made from the stored value, inside the transaction
}

// readValue reads one value by the field's type; fault is "" for a good one.
// Whether what an id or a file name points at is there, is looked up later.
func (k *call) readValue(f *field, v wire.Value) (in valueInput, fault string) {
	in.field = f
	if v.IsNull() {
		return in, ""
	}
	switch f.Type {
	case typeString:
		in.json, fault = stringJSON(v, 128)
	case typeText:
		in.json, fault = stringJSON(v, 32000)
	case typeInteger:
		in.json, fault = k.integerJSON(v)
	case typeFloat:
		in.json, fault = k.floatJSON(v)
	case typeBoolean:
		in.json, fault = booleanJSON(v)
	case typeDatetime:
		in.json, fault = k.datetimeJSON(v)
	case typeFile:
		return k.readFile(f, v)
	case typeReference:
		return k.readReference(f, v)
	default:
		return k.readCompound(f, v)
	}
	return in, fault
}

func stringJSON(v wire.Value, limit int) (text, fault string) {
	given := v.Text()
	switch v.Kind() {
	case wire.KindString:
	case wire.KindNumber:
		given = numberText(v)
	default:
		return "", msgNotString
	}
	if utf8.RuneCountInString(given) > limit {
		return "", tooLong(limit)
	}
	return string(wire.String(given).JSON()), ""
}

// blankIsNull tells whether v is the empty string of a form, which for all
// types but strings is how a form says null.
func (k *call) blankIsNull(v wire.Value) bool {
	s, ok := v.Str()
	return k.body.form && ok && s == ""
}

func (k *call) integerJSON(v wire.Value) (text, fault string) {
	if k.blankIsNull(v) {
		return "", ""
	}
	if v.Kind() != wire.KindNumber && v.Kind() != wire.KindString {
		return "", msgNotInt
	}
	whole := strip(v.Text())
	if i := strings.IndexByte(whole, '.'); i >= 0 && strings.Trim(whole[i+1:], "0") == "" {
		whole = whole[:i]
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil && isDigits(strings.TrimLeft(whole, "+-")):
		return "", beyond(strings.HasPrefix(whole, "-"))
	case err != nil:
		return "", msgNotInt
	case n < math.MinInt32 || n > math.MaxInt32:
		return "", beyond(n < 0)
	}
	return decimal(n), ""
}

func beyond(negative bool) string {
	if negative {
		return msgTooSmall
	}
	return msgTooGreat
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func (k *call) floatJSON(v wire.Value) (text, fault string) {
	if k.blankIsNull(v) {
		return "", ""
	}
	n, ok := floatOf(v)
	if b, isBool := v.Bool(); isBool { // a boolean is a number there
		n, ok = 0, true
		if b {
			n = 1
		}
	}
	if !ok {
		return "", msgNotNumber
	}
	return string(wire.AppendPyFloat(nil, n)), ""
}

func booleanJSON(v wire.Value) (text, fault string) {
	switch v.Text() {
	case "", "null", "Null", "NULL":
		if v.Kind() == wire.KindString {
			return "", ""
		}
	}
	b, ok := boolean(v)
	if !ok {
		return "", msgNotBoolean
	}
	return strconv.FormatBool(b), ""
}

func (k *call) datetimeJSON(v wire.Value) (text, fault string) {
	if k.blankIsNull(v) {
		return "", ""
	}
	s, ok := v.Str()
	if !ok {
		return "", msgNotDatetime
	}
	t, err := parseDatetime(s)
	if err != nil {
		return "", msgNotDatetime
	}
	return `"` + t.Format(datetimeLayout) + `"`, ""
}

// parseDatetime reads a moment with one to six digits of fraction.
func parseDatetime(s string) (time.Time, error) {
	point := strings.IndexByte(s, '.')
	if digits := len(s) - point - 2; point < 0 || digits < 1 || digits > 6 {
		return time.Time{}, strconv.ErrSyntax
	}
	return time.Parse("2006-01-02T15:04:05Z", s)
}
