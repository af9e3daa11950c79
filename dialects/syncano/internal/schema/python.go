package schema

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/django"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// This file reads and prints values as the original's language, Python, does.

// ParseJSON is wire.ParseJSON, but refuses numbers that overflow a float and
// halves of surrogate pairs, as the original's parser does.
func ParseJSON(text []byte, limits wire.Limits) (wire.Value, error) {
	v, err := wire.ParseJSONWith(text, limits, wire.RefuseSurrogates)
	if err == nil && overflows(v) {
		return wire.Value{}, &wire.SyntaxError{Offset: len(text), Msg: "Number too big to be stored in double."}
	}
	return v, err
}

// overflows reports whether v holds a number that clients could not read back.
func overflows(v wire.Value) bool {
	if v.Kind() == wire.KindNumber && strings.ContainsAny(v.Text(), "eE") {
		_, ok := v.Float()
		return !ok
	}
	for _, item := range v.Items() {
		if overflows(item) {
			return true
		}
	}
	return slices.ContainsFunc(v.Members(), func(m wire.Member) bool { return overflows(m.Value) })
}

// NumberText is a number as Python prints it, for a number in place of a string.
func NumberText(v wire.Value) string {
	if n, ok := v.Float(); ok && strings.ContainsAny(v.Text(), ".eE") {
		return string(wire.AppendPyFloat(nil, n))
	}
	return v.Text()
}

// Bool reads the spellings of true and false that the original's framework knows.
func Bool(v wire.Value) (value, ok bool) {
	if v.Kind() == wire.KindBool || v.Kind() == wire.KindNumber || v.Kind() == wire.KindString {
		return django.Bool(v.Text())
	}
	return false, false
}

// FloatOf reads a finite number, or a string that holds one.
func FloatOf(v wire.Value) (float64, bool) {
	if kind := v.Kind(); kind != wire.KindNumber && kind != wire.KindString {
		return 0, false
	}
	n, err := strconv.ParseFloat(pystyle.Strip(v.Text()), 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// ChoiceText is a value as messages about a bad choice quote it, with a boolean as
// Python spells it.
func ChoiceText(v wire.Value) string {
	switch v.Kind() {
	case wire.KindArray, wire.KindObject:
		return string(v.JSON())
	case wire.KindBool:
		if v.Text() == "true" {
			return "True"
		}
		return "False"
	}
	return v.Text()
}
