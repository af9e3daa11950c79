// Package falcon reads requests as Falcon 1.4 does.
package falcon

import (
	"bytes"

	"github.com/dragoman-gateway/dragoman/dialects/internal/charset"
	"github.com/dragoman-gateway/dragoman/dialects/internal/formdata"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// ParseQuery reads a query string: pairs end at "&", pairs without a value are left out, commas make a list, whose
// elements are pairs here. A percent sign that starts no escape stays, escaped bytes that are not UTF-8 become
// U+FFFD, and bytes that are not escaped are ISO-8859-1. Errors: wire.ErrTooMany.
func ParseQuery(query string, limits wire.Limits) ([]wire.Pair, error) {
	pieces, err := formdata.Split([]byte(query), "&", limits)
	if err != nil {
		return nil, err
	}
	var pairs []wire.Pair
	for _, piece := range pieces {
		name, list, _ := bytes.Cut(piece, []byte{'='})
		values, err := formdata.Split(list, ",", limits)
		if err != nil || len(pairs)+len(values) > limits.WithDefaults().Pairs {
			return nil, wire.ErrTooMany
		}
		for _, value := range values {
			pairs = append(pairs, wire.Pair{Name: decode(name), Value: wire.String(decode(value))})
		}
	}
	return pairs, nil
}

func decode(raw []byte) string {
	latin, _ := charset.Latin1().Decode(raw)
	plain, _ := formdata.Unescape([]byte(latin))
	text, _ := charset.Charset{}.Decode(plain)
	return text
}
