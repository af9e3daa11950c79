package query

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// Operand is a value in a form that can be compared. Its zero value is null.
type Operand struct {
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

// Number returns a number.
func Number(n int64) Operand { return Operand{kind: numberOperand, n: float64(n)} }

// ID returns an id; 0 is null.
func ID(id int64) Operand {
	if id == 0 {
		return Operand{}
	}
	return Number(id)
}

// Text returns a text.
func Text(s string) Operand { return Operand{kind: textOperand, s: s} }

// TextOrNull returns a text; "" is null.
func TextOrNull(s string) Operand {
	if s == "" {
		return Operand{}
	}
	return Text(s)
}

// Time returns a time.
func Time(t time.Time) Operand { return Text(t.UTC().Format(schema.DatetimeLayout)) }

// compare orders two operands; null comes last.
func (a Operand) compare(b Operand) int {
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

// cursorText is the operand as a cursor writes it.
func (a Operand) cursorText() string {
	if a.kind == numberOperand {
		return strconv.FormatFloat(a.n, 'f', -1, 64)
	}
	return a.s
}

func parseNumber(s string) Operand {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return Operand{}
	}
	return Operand{kind: numberOperand, n: n}
}

// storedOperand reads a stored value; one that does not fit the type is null.
func storedOperand(t schema.Type, stored string) Operand {
	switch t {
	case schema.Integer, schema.Float, schema.Reference:
		return parseNumber(stored)
	case schema.Boolean:
		switch stored {
		case "true":
			return Number(1)
		case "false":
			return Number(0)
		}
	case schema.String, schema.Text, schema.Datetime, schema.File:
		if s, ok := schema.StoredString(stored); ok {
			return Text(s)
		}
	}
	return Operand{}
}

// cursorOperand reads a cursor's last_value.
func cursorOperand(t schema.Type, given string) Operand {
	switch t {
	case schema.Integer, schema.Float, schema.Reference, schema.Boolean:
		return parseNumber(given)
	}
	return Text(given)
}
