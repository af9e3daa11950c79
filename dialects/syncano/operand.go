package syncano

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// operand is a value in a form that can be compared.
type operand struct {
	kind operandKind
	n    float64 // number, or true as 1
	s    string  // string, or datetime in its fixed-width form
}

type operandKind uint8

const (
	nullOperand operandKind = iota
	numberOperand
	textOperand
)

// compare orders two operands; nothing comes after everything.
func (a operand) compare(b operand) int {
	switch {
	case a.kind == nullOperand && b.kind == nullOperand:
		return 0
	case a.kind == nullOperand:
		return 1
	case b.kind == nullOperand:
		return -1
	case a.kind == numberOperand && b.kind == numberOperand:
		return cmp.Compare(a.n, b.n)
	}
	return strings.Compare(a.s, b.s)
}

// text is the operand as a cursor writes it.
func (a operand) text() string {
	if a.kind == numberOperand {
		return strconv.FormatFloat(a.n, 'f', -1, 64)
	}
	return a.s
}

func number(n float64) operand { return operand{kind: numberOperand, n: n} }

func text(s string) operand { return operand{kind: textOperand, s: s} }

func timeOperand(t time.Time) operand { return text(t.UTC().Format(datetimeLayout)) }

func boolOperand(b bool) operand {
	if b {
		return number(1)
	}
	return number(0)
}

// storedOperand reads a stored value; one that does not fit the type is null.
func storedOperand(t fieldType, stored string) operand {
	switch t {
	case typeInteger, typeFloat, typeReference:
		if n, err := strconv.ParseFloat(stored, 64); err == nil {
			return number(n)
		}
	case typeBoolean:
		if stored == "true" || stored == "false" {
			return boolOperand(stored == "true")
		}
	case typeString, typeText, typeDatetime, typeFile:
		if s, ok := storedString(stored); ok {
			return text(s)
		}
	}
	return operand{}
}

// readOperand reads a cursor's last_value.
func readOperand(t fieldType, given string) operand {
	switch t {
	case typeInteger, typeFloat, typeReference, typeBoolean:
		if n, err := strconv.ParseFloat(given, 64); err == nil {
			return number(n)
		}
		return operand{}
	}
	return text(given)
}

// operandOf reads a value of a query for a field of that type; why is the
// message for one that does not fit.
func (k *call) operandOf(t fieldType, v wire.Value) (o operand, why string) {
	if v.IsNull() {
		return operand{}, msgNull
	}
	var stored string
	switch t {
	case typeInteger:
		stored, why = k.integerJSON(v)
	case typeFloat:
		stored, why = k.floatJSON(v)
	case typeReference:
		var id int64
		id, why = readPK(v)
		stored = decimal(id)
	case typeBoolean:
		stored, why = booleanJSON(v)
	case typeDatetime:
		return k.datetimeOperand(v)
	default:
		stored, why = stringJSON(v, noLimit)
	}
	return storedOperand(t, stored), why
}

// datetimeOperand reads a moment, bare or in the dress in which it is shown.
func (k *call) datetimeOperand(v wire.Value) (operand, string) {
	if inner, ok := v.Get("value"); ok {
		v = inner
	}
	stored, why := k.datetimeJSON(v)
	if why != "" || stored == "" {
		return operand{}, cmp.Or(why, msgNull)
	}
	return storedOperand(typeDatetime, stored), ""
}
