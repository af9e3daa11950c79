package sqldb

import (
	"bytes"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
)

// encodeAttributes writes attributes as one JSON object, values byte for byte.
func encodeAttributes(as core.Attributes) (string, error) {
	if len(as) == 0 {
		return "", nil
	}
	b := make([]byte, 0, 32*len(as))
	for i, a := range as {
		if !storable(a.Name) || !storable(a.Value) || !closed(a.Value) {
			return "", core.NewInvalid(core.Fault{Field: core.Field(a.Name), Rule: core.Malformed})
		}
		b = append(b, opener(i, '{'))
		b = append(appendString(b, a.Name), ':')
		b = append(b, a.Value...)
	}
	return string(append(b, '}')), nil
}

// opener is the character before the i-th member.
func opener(i int, bracket byte) byte {
	if i == 0 {
		return bracket
	}
	return ','
}

// decodeAttributes reads what encodeAttributes wrote. The values share its memory.
func decodeAttributes(s string) (as core.Attributes, err error) {
	err = eachMember(s, func(name string, start, end int) {
		as = append(as, core.Attribute{Name: name, Value: s[start:end]})
	})
	return as, err
}

// encodeFacets writes facets as one JSON object of dialect and document, byte for byte.
func encodeFacets(fs core.Facets) ([]byte, error) {
	if len(fs) == 0 {
		return []byte{}, nil
	}
	b := make([]byte, 0, 128*len(fs))
	for i, f := range fs {
		text := f.Doc.Text()
		if !storable(f.Dialect) || !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 || !closed(text) {
			return nil, &core.Error{Kind: core.Internal, Op: "store the facet of " + f.Dialect, Err: errText}
		}
		b = append(b, opener(i, '{'))
		b = append(appendString(b, f.Dialect), ':')
		b = append(b, text...)
	}
	return append(b, '}'), nil
}

// decodeFacets reads what encodeFacets wrote. The documents share its memory.
func decodeFacets(b []byte) (fs core.Facets, err error) {
	err = eachMember(string(b), func(name string, start, end int) {
		fs = append(fs, core.Facet{Dialect: name, Doc: core.NewDocument(b[start:end:end])})
	})
	return fs, err
}

// eachMember calls fn with the name and the bounds of the value of each member
// of the object s; "" has none.
func eachMember(s string, fn func(name string, start, end int)) error {
	for i := 0; i < len(s)-1; {
		name := i + 1
		colon := -1
		if name < len(s) && s[name] == '"' {
			colon = skipString(s, name)
		}
		if colon < 0 || colon >= len(s) {
			return errText
		}
		end := skipValue(s, colon+1)
		if end < 0 || end == len(s) {
			return errText
		}
		fn(unquote(s[name:colon]), colon+1, end)
		i = end
	}
	return nil
}

// encodeHandles writes handles as one JSON array: kind, value, kind, value...
func encodeHandles(hs []core.Handle) string {
	if len(hs) == 0 {
		return ""
	}
	b := make([]byte, 0, 64*len(hs))
	for i, h := range hs {
		b = append(b, opener(i, '['))
		b = append(appendString(b, h.Kind), ',')
		b = appendString(b, h.Value)
	}
	return string(append(b, ']'))
}

// decodeHandles reads what encodeHandles wrote.
func decodeHandles(s string) ([]core.Handle, error) {
	var texts []string
	for i := 0; i < len(s)-1; {
		end := skipString(s, i+1)
		if end < 0 || end >= len(s) || s[i+1] != '"' {
			return nil, errText
		}
		texts = append(texts, unquote(s[i+1:end]))
		i = end
	}
	if len(texts)%2 != 0 {
		return nil, errText
	}
	hs := make([]core.Handle, 0, len(texts)/2)
	for i := 0; i < len(texts); i += 2 {
		hs = append(hs, core.Handle{Kind: texts[i], Value: texts[i+1]})
	}
	if len(hs) == 0 {
		return nil, nil
	}
	return hs, nil
}
