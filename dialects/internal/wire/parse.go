package wire

import "unicode/utf8"

// ParseJSON reads one RFC 8259 document. It keeps member order and exact number texts; of a repeated name the last
// value stays, in the first one's place. An escaped half of a surrogate pair reads as U+FFFD.
// Errors: *SyntaxError (also for an empty body, a byte order mark, bytes that are not UTF-8, and anything after
// the value), ErrTooDeep, ErrTooMany. The value keeps nothing of data.
func ParseJSON(data []byte, limits Limits) (Value, error) {
	return ParseJSONWith(data, limits, ReplaceSurrogates)
}

// LoneSurrogates says how an escaped half of a surrogate pair is read.
type LoneSurrogates uint8

// The ways to read one.
const (
	ReplaceSurrogates LoneSurrogates = iota // as U+FFFD
	RefuseSurrogates                        // not: it is a SyntaxError
	KeepSurrogates                          // as three bytes that are not UTF-8, which AppendString escapes again
)

// ParseJSONWith is ParseJSON with a choice for lone surrogates.
func ParseJSONWith(data []byte, limits Limits, lone LoneSurrogates) (Value, error) {
	if err := checkUTF8(data); err != nil {
		return Value{}, err
	}
	limits = limits.WithDefaults()
	p := parser{data: data, depth: limits.Depth, values: limits.Values, lone: lone}
	return p.document()
}

func checkUTF8(data []byte) error {
	if utf8.Valid(data) {
		return nil
	}
	at := 0
	for at < len(data) {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size < 2 {
			break
		}
		at += size
	}
	return &SyntaxError{at, "The text is not UTF-8."}
}

// parser walks data once.
type parser struct {
	data   []byte
	pos    int
	depth  int // containers that may still be opened inside each other
	values int // values that may still be read
	lone   LoneSurrogates
	text   []byte // a string with escapes, decoded
}

func (p *parser) fail(msg string) error { return &SyntaxError{p.pos, msg} }

func (p *parser) document() (Value, error) {
	if p.peek() == 0 && p.pos >= len(p.data) {
		return Value{}, p.fail("The document is empty.")
	}
	v, err := p.value()
	if err != nil {
		return Value{}, err
	}
	if p.peek(); p.pos < len(p.data) {
		return Value{}, p.fail("The document goes on after its value.")
	}
	return v, nil
}

// peek skips white space and shows the next byte; 0 at the end (and for a zero byte, which no caller accepts).
func (p *parser) peek() byte {
	for p.pos < len(p.data) {
		c := p.data[p.pos]
		if c > ' ' || (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
			return c
		}
		p.pos++
	}
	return 0
}

func (p *parser) value() (Value, error) {
	if p.values--; p.values < 0 {
		return Value{}, ErrTooMany
	}
	switch c := p.peek(); c {
	case '"':
		return p.stringValue()
	case '{':
		return p.nested(p.object)
	case '[':
		return p.nested(p.array)
	case 't':
		return p.literal("true", Bool(true))
	case 'f':
		return p.literal("false", Bool(false))
	case 'n':
		return p.literal("null", Value{})
	default:
		return p.number(c)
	}
}

func (p *parser) nested(read func() (Value, error)) (Value, error) {
	if p.depth--; p.depth < 0 {
		return Value{}, ErrTooDeep
	}
	p.pos++
	v, err := read()
	p.depth++
	return v, err
}

func (p *parser) literal(word string, v Value) (Value, error) {
	if len(p.data)-p.pos < len(word) || string(p.data[p.pos:p.pos+len(word)]) != word {
		return Value{}, p.fail("Invalid value.")
	}
	p.pos += len(word)
	return v, nil
}
