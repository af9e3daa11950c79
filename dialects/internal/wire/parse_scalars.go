package wire

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

func (p *parser) stringValue() (Value, error) {
	b, err := p.scanString()
	if err != nil {
		return Value{}, err
	}
	return Value{kind: KindString, text: string(b)}, nil
}

// scanString reads from the opening quote on. The bytes are valid until the next string is read.
func (p *parser) scanString() ([]byte, error) {
	p.pos++
	start := p.pos
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case c == '"':
			p.pos++
			return p.data[start : p.pos-1], nil
		case c == '\\':
			return p.scanEscaped(start)
		case c < ' ':
			return nil, p.fail("A control character in a string must be escaped.")
		}
		p.pos++
	}
	return nil, p.fail("Missing a closing quotation mark in string.")
}

// scanEscaped reads a string that has an escape at the present position.
func (p *parser) scanEscaped(start int) ([]byte, error) {
	p.text = append(p.text[:0], p.data[start:p.pos]...)
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case c == '"':
			p.pos++
			return p.text, nil
		case c == '\\':
			if err := p.escape(); err != nil {
				return nil, err
			}
		case c < ' ':
			return nil, p.fail("A control character in a string must be escaped.")
		default:
			p.text = append(p.text, c)
			p.pos++
		}
	}
	return nil, p.fail("Missing a closing quotation mark in string.")
}

func (p *parser) escape() error {
	if p.pos+1 >= len(p.data) {
		return p.fail("Missing a closing quotation mark in string.")
	}
	c := p.data[p.pos+1]
	if c == 'u' {
		return p.escapedRune()
	}
	plain := unescaped(c)
	if plain == 0 {
		return p.fail("Invalid escape character in string.")
	}
	p.text = append(p.text, plain)
	p.pos += 2
	return nil
}

func unescaped(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	}
	return 0
}

// escapedRune reads \uXXXX, and its second half if the two make one surrogate pair.
func (p *parser) escapedRune() error {
	r := p.hex4(p.pos)
	if r < 0 {
		return p.fail("Four hexadecimal digits must follow an escaped u.")
	}
	pair := utf16.DecodeRune(r, p.hex4(p.pos+6))
	switch {
	case !utf16.IsSurrogate(r):
	case pair != utf8.RuneError:
		r = pair
		p.pos += 6
	case p.lone == RefuseSurrogates:
		return p.fail("The surrogate pair in string is invalid.")
	case p.lone == KeepSurrogates:
		p.text = append(p.text, surrogateLead, byte(0x80|r>>6&0x3F), byte(0x80|r&0x3F))
		p.pos += 6
		return nil
	}
	p.pos += 6
	p.text = utf8.AppendRune(p.text, r) // a half becomes U+FFFD
	return nil
}

// hex4 is the value of the escape that starts at the given place, or -1.
func (p *parser) hex4(at int) rune {
	if at+6 > len(p.data) || p.data[at] != '\\' || p.data[at+1] != 'u' {
		return -1
	}
	r, err := strconv.ParseUint(string(p.data[at+2:at+6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(r)
}

func (p *parser) number(first byte) (Value, error) {
	if first != '-' && (first < '0' || first > '9') {
		return Value{}, p.fail("Invalid value.")
	}
	start := p.pos
	end := numberEnd(p.data, start)
	if end < 0 {
		return Value{}, p.fail("Invalid number.")
	}
	p.pos = end
	return Value{kind: KindNumber, text: string(p.data[start:end])}, nil
}

// numberEnd is where the JSON number that starts at the given place ends, or -1 if none does.
func numberEnd(b []byte, at int) int {
	if b[at] == '-' {
		at++
	}
	whole := digitsEnd(b, at)
	if whole == at || (b[at] == '0' && whole > at+1) {
		return -1
	}
	at = whole
	if at < len(b) && b[at] == '.' {
		if at = digitsEnd(b, at+1); b[at-1] == '.' {
			return -1
		}
	}
	if at < len(b) && (b[at] == 'e' || b[at] == 'E') {
		return exponentEnd(b, at+1)
	}
	return at
}

func exponentEnd(b []byte, at int) int {
	if at < len(b) && (b[at] == '+' || b[at] == '-') {
		at++
	}
	end := digitsEnd(b, at)
	if end == at {
		return -1
	}
	return end
}

func digitsEnd(b []byte, at int) int {
	for at < len(b) && '0' <= b[at] && b[at] <= '9' {
		at++
	}
	return at
}
