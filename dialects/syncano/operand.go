package syncano

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
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

func timeOperand(t time.Time) operand { return text(t.UTC().Format(schema.DatetimeLayout)) }

func boolOperand(b bool) operand {
	if b {
		return number(1)
	}
	return number(0)
}

// storedOperand reads a stored value; one that does not fit the type is null.
func storedOperand(t schema.Type, stored string) operand {
	switch t {
	case schema.Integer, schema.Float, schema.Reference:
		if n, err := strconv.ParseFloat(stored, 64); err == nil {
			return number(n)
		}
	case schema.Boolean:
		if stored == "true" || stored == "false" {
			return boolOperand(stored == "true")
		}
	case schema.String, schema.Text, schema.Datetime, schema.File:
		if s, ok := schema.StoredString(stored); ok {
			return text(s)
		}
	}
	return operand{}
}

// readOperand reads a cursor's last_value.
func readOperand(t schema.Type, given string) operand {
	switch t {
	case schema.Integer, schema.Float, schema.Reference, schema.Boolean:
		if n, err := strconv.ParseFloat(given, 64); err == nil {
			return number(n)
		}
		return operand{}
	}
	return text(given)
}

// operandOf reads a value of a query for a field of that type; fault is the
// message for one that does not fit.
func (k *call) operandOf(t schema.Type, v wire.Value) (o operand, fault string) {
	stored, fault := k.values().ReadOperand(t, v)
	return storedOperand(t, stored), fault
}
