// Package pystyle does what servers written in Python do with values and text:
// truth, names of types, white space and numbers.
package pystyle

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Falsy reports whether Python counts v as false: null, false, zero, and whatever
// is empty.
func Falsy(v wire.Value) bool {
	switch v.Kind() {
	case wire.KindNull:
		return true
	case wire.KindBool, wire.KindNumber:
		n, ok := Number(v)
		return ok && n == 0
	case wire.KindString:
		return v.Text() == ""
	}
	return v.Len() == 0
}

// Number returns the value of a number or a boolean, which is a number in Python.
func Number(v wire.Value) (float64, bool) {
	if b, ok := v.Bool(); ok {
		if b {
			return 1, true
		}
		return 0, true
	}
	return v.Float()
}

// TypeName returns the name of v's type: "bool", "int", "float", "str", "list",
// "dict" or "NoneType". A file counts as a string.
func TypeName(v wire.Value) string {
	switch v.Kind() {
	case wire.KindNull:
		return "NoneType"
	case wire.KindBool:
		return "bool"
	case wire.KindNumber:
		if IsFloat(v) {
			return "float"
		}
		return "int"
	case wire.KindArray:
		return "list"
	case wire.KindObject:
		return "dict"
	}
	return "str"
}

// IsFloat reports whether v is a number written with a fraction or an exponent.
func IsFloat(v wire.Value) bool {
	return v.Kind() == wire.KindNumber && strings.ContainsAny(v.Text(), ".eE")
}

// Strip removes the white space around s, which in Python includes four
// separators that Unicode counts as controls.
func Strip(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f })
}

// Lower returns s as str.lower does: by the full mapping of Unicode, in which a capital
// Σ at the end of a word is ς and İ has two letters.
func Lower(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return cases.Lower(language.Und).String(s)
		}
	}
	return strings.ToLower(s)
}
