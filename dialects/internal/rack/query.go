// Package rack reads requests as Rack 1.6 and Rails 4.2 do: queries, forms, multipart bodies, nested names, method
// override, media types, Accept and Basic credentials.
package rack

import (
	"bytes"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/formdata"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// ParseQuery reads a query string, whose pairs end at "&" or ";", and nests them; see Nest.
// Errors: *wire.SyntaxError for an escape that is not one and for text that is not UTF-8, and those of Nest.
func ParseQuery(query string, limits wire.Limits) (wire.Value, error) {
	return parse([]byte(query), "&;", limits)
}

// ParseForm reads a form body, whose pairs end at "&" only. A NUL at its end is dropped: an old browser adds it.
// Errors: as ParseQuery.
func ParseForm(body []byte, limits wire.Limits) (wire.Value, error) {
	return parse(bytes.TrimSuffix(body, []byte{0}), "&", limits)
}

func parse(text []byte, separators string, limits wire.Limits) (wire.Value, error) {
	pieces, err := formdata.Split(text, separators, limits)
	if err != nil {
		return wire.Value{}, err
	}
	pairs := make([]wire.Pair, 0, len(pieces))
	for i, piece := range pieces {
		if i > 0 {
			piece = bytes.TrimLeft(piece, " ") // blanks belong to the separator before
		}
		pair, ok := readPair(piece)
		if !ok {
			return wire.Value{}, &wire.SyntaxError{Msg: "The parameters are not escaped UTF-8."}
		}
		pairs = append(pairs, pair)
	}
	return Nest(pairs, limits)
}

// readPair reads one pair; its value is null without "=".
func readPair(piece []byte) (p wire.Pair, ok bool) {
	rawName, rawValue, hasValue := bytes.Cut(piece, []byte{'='})
	name, nameOK := formdata.Unescape(rawName)
	value, valueOK := formdata.Unescape(rawValue)
	if !nameOK || !valueOK || !utf8.Valid(name) || !utf8.Valid(value) {
		return p, false
	}
	p.Name = string(name)
	if hasValue {
		p.Value = wire.String(string(value))
	}
	return p, true
}
