package onapp

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// scalars are limits, prices or preferences by name, each as its JSON text: a number, a boolean, text
// or null. The panel has hundreds of names, so they are not checked. A stored map is shared: change a
// clone.
type scalars map[string]json.RawMessage

// maxScalars is how many values one hash can have.
const maxScalars = 100

// plainNumber is a number that every client can read: no exponent, and digits that fit a float64.
var plainNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-?\d{1,12}(\.\d{1,12})?$`) })

// set changes the values that v names. It fails for what is neither a hash nor nothing, and for a
// value that cannot be kept; field is the attribute to blame.
func (s *scalars) set(v wire.Value, name string, field core.Field) (faults faultList) {
	given, ok := v.Get(name)
	if !ok || given.IsNull() || given.Kind() == wire.KindString && given.Text() == "" {
		return nil
	}
	if given.Kind() != wire.KindObject {
		faults.add(field, core.Malformed, 0)
		return faults
	}
	if *s = maps.Clone(*s); *s == nil {
		*s = scalars{}
	}
	for _, m := range given.Members() {
		text, ok := scalarText(m.Value)
		if !ok || !isPlainName(m.Name) {
			faults.add(field, core.Malformed, 0)
			return faults
		}
		(*s)[m.Name] = text
	}
	if len(*s) > maxScalars {
		faults = append(faults, baseFault(messageTooManyItems))
	}
	return faults
}

// scalarText is a value as JSON. Text that is a number, a boolean or blank becomes that, since
// clients send everything as text and read typed values.
func scalarText(v wire.Value) (json.RawMessage, bool) {
	text := strings.TrimSpace(v.Text())
	switch {
	case !isScalar(v) || len(text) > maxText:
		return nil, false
	case v.IsNull() || text == "":
		return json.RawMessage("null"), true
	case text == "true", text == "false":
		return json.RawMessage(text), true
	case plainNumber().MatchString(text):
		return json.RawMessage(canonicalNumber(text)), true
	case v.Kind() == wire.KindNumber:
		return nil, false
	}
	return json.RawMessage(wire.String(text).JSON()), true
}

// canonicalNumber drops zeros in front, which JSON does not have.
func canonicalNumber(text string) string {
	digits, negative := strings.CutPrefix(text, "-")
	digits = strings.TrimLeft(digits, "0")
	if digits == "" || digits[0] == '.' {
		digits = "0" + digits
	}
	if negative {
		return "-" + digits
	}
	return digits
}

// write writes the values as a hash, sorted by name.
func (s scalars) write(e stream, name string) {
	e.Object(name)
	for _, key := range slices.Sorted(maps.Keys(s)) {
		writeScalar(e, key, string(s[key]))
	}
	e.End()
}

func writeScalar(e stream, name, text string) {
	switch {
	case text == "null":
		e.Nil(name)
	case text == "true", text == "false":
		e.Bool(name, text == "true")
	case strings.HasPrefix(text, `"`):
		var plain string
		if json.Unmarshal([]byte(text), &plain) != nil {
			e.Nil(name)
			return
		}
		e.Str(name, plain)
	case strings.Contains(text, "."):
		e.Decimal(name, text)
	default:
		i, err := strconv.ParseInt(text, 10, 64)
		e.IntOrNil(name, i, err == nil)
	}
}
