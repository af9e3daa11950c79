package econtext

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// The vendor's server is written in Python, and its answers show it.

// noAttribute is how the vendor's server fails on a value of another type than
// expected: it calls a method that the type does not have.
func noAttribute(v wire.Value, method string) *failure {
	return crash("'" + typeName(v) + "' object has no attribute '" + method + "'")
}

// typeName is the Python type of a JSON value.
func typeName(v wire.Value) string {
	switch v.Kind() {
	case wire.KindBool:
		return "bool"
	case wire.KindNumber:
		if _, whole := v.Int(); whole {
			return "int"
		}
		return "float"
	case wire.KindString:
		return "str"
	case wire.KindArray:
		return "list"
	case wire.KindObject:
		return "dict"
	}
	return "NoneType"
}

// falsy reports whether Python counts the value as false: null, false, zero, and whatever is empty.
func falsy(v wire.Value) bool {
	switch v.Kind() {
	case wire.KindNull:
		return true
	case wire.KindBool:
		b, _ := v.Bool()
		return !b
	case wire.KindNumber:
		f, ok := v.Float()
		return ok && f == 0
	case wire.KindString:
		return v.Text() == ""
	}
	return v.Len() == 0
}

// textOf is a value as it appears in the vendor's messages.
func textOf(v wire.Value) string {
	switch v.Kind() {
	case wire.KindNull:
		return "None"
	case wire.KindBool:
		return strings.ToUpper(v.Text()[:1]) + v.Text()[1:]
	case wire.KindString, wire.KindNumber:
		return v.Text()
	}
	return string(wire.AppendJSON(nil, v, wire.Python()))
}
