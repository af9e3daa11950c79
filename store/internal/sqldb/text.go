package sqldb

import (
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
)

// noEmail starts the key of users without an address: it sorts behind every
// address, and the row's number after it keeps the key unique.
const noEmail = "\U0010FFFF"

// storable tells whether every engine can keep the text.
func storable(s string) bool {
	return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// checked is a text and the field that it is a fault of.
type checked struct {
	field core.Field
	text  string
}

// checkTexts refuses what not every engine could keep, so that all refuse alike.
func checkTexts(texts ...checked) error {
	var faults []core.Fault
	for _, t := range texts {
		if !storable(t.text) {
			faults = append(faults, core.Fault{Field: t.field, Rule: core.Malformed})
		}
	}
	return core.NewInvalid(faults...)
}

// after returns the least text that is greater than every text with the prefix;
// "" if there is none.
func after(prefix string) string {
	runes := []rune(prefix)
	for n := len(runes); n > 0; n-- {
		if r := next(runes[n-1]); r > 0 {
			return string(runes[:n-1]) + string(r)
		}
	}
	return ""
}

// next returns the rune behind r, 0 if r is the last.
func next(r rune) rune {
	switch {
	case r >= utf8.MaxRune:
		return 0
	case r == 0xD7FF: // the surrogates are no runes
		return 0xE000
	}
	return r + 1
}
