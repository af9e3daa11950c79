package sqldb

import (
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
)

// noEmail starts the key of users without an address: it sorts after every address.
// The row number after it makes the key unique.
const noEmail = "\U0010FFFF"

// storable reports whether every engine can store the text.
func storable(s string) bool {
	return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// checked is a text and the field that it belongs to.
type checked struct {
	field core.Field
	text  string
}

// checkTexts refuses what an engine could not store, so that all engines refuse alike.
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

// next returns the rune after r, 0 if r is the last.
func next(r rune) rune {
	switch {
	case r >= utf8.MaxRune:
		return 0
	case r == 0xD7FF: // the surrogates are no runes
		return 0xE000
	}
	return r + 1
}
