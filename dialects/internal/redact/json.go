package redact

import (
	"bytes"
	"encoding/json"
)

// minKey is the length of the shortest text that [keyLike] matches.
const minKey = 32

// jsonBody returns a JSON text without its secrets, and without spaces. Members keep
// their order. It is false for what is not JSON.
func jsonBody(body []byte) (Text, bool) {
	if !json.Valid(body) {
		return Text{}, false
	}
	h := hider{out: make([]byte, 0, len(body))}
	for rest := body; len(rest) > 0; {
		rest = rest[h.next(rest):]
	}
	return Text{string(h.out)}, true
}

// hider copies the tokens of a valid JSON text and hides secrets.
type hider struct {
	out    []byte
	secret bool   // the next value has a name of a secret
	lists  []bool // of the objects and arrays around it: whether its values are secrets
}

// next copies the token that the text begins with and returns its length.
func (h *hider) next(text []byte) int {
	switch c := text[0]; c {
	case ' ', '\t', '\r', '\n':
		return 1
	case '"':
		n := stringLength(text)
		if after := bytes.TrimLeft(text[n:], " \t\r\n"); len(after) > 0 && after[0] == ':' {
			h.out, h.secret = append(h.out, text[:n]...), isSecret(unquoted(text[:n]))
		} else {
			h.text(text[:n])
		}
		return n
	case '{', '[':
		h.lists, h.secret = append(h.lists, c == '[' && h.secret), c == '[' && h.secret
	case '}', ']':
		h.lists = h.lists[:len(h.lists)-1]
		h.secret = false
	case ',':
		h.secret = h.lists[len(h.lists)-1]
	case ':', 't', 'f', 'n', 'r', 'u', 'e', 'a', 'l', 's': // of true, false and null too
	default:
		return h.number(text)
	}
	h.out = append(h.out, text[0])
	return 1
}

// number copies a number: a password may be sent as one.
func (h *hider) number(text []byte) int {
	n := bytes.IndexAny(text, ",]} \t\r\n")
	if n < 0 {
		n = len(text)
	}
	if h.secret {
		h.out = append(h.out, `"`+Hidden+`"`...)
	} else {
		h.out = append(h.out, text[:n]...)
	}
	return n
}

// text copies a string that is not a name.
func (h *hider) text(quoted []byte) {
	switch {
	case h.secret:
		h.out = append(h.out, `"`+Hidden+`"`...)
	case len(quoted)-2 < minKey:
		h.out = append(h.out, quoted...)
	case bytes.IndexByte(quoted, '\\') < 0:
		h.out = append(h.out, keyLike().ReplaceAllLiteral(quoted, []byte(Hidden))...)
	default:
		h.out = append(h.out, encoded(keyLike().ReplaceAllLiteralString(unquoted(quoted), Hidden))...)
	}
}

// stringLength returns the length of the JSON string that the text begins with.
func stringLength(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func unquoted(quoted []byte) (text string) {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	_ = json.Unmarshal(quoted, &text) // it is valid
	return text
}

// encoded returns a JSON string in which markup stays as it is.
func encoded(text string) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string never fails
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
