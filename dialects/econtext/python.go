package econtext

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// The vendor's server is written in Python, and its answers show it.

// noAttribute is how the vendor's server fails on a value of another type than
// expected: it calls a method that the type does not have.
func noAttribute(v wire.Value, method string) *failure {
	return crash("'" + pystyle.TypeName(v) + "' object has no attribute '" + method + "'")
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
