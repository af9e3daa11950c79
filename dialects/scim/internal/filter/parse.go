package filter

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Parse reads a filter. The error is an [*Error].
func Parse(text string) (Expr, error) {
	p := &parser{text: text}
	if err := p.checkText(); err != nil {
		return nil, err
	}
	x, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.skipBlanks(); p.pos < len(p.text) {
		return nil, p.fail("the filter goes on after its end")
	}
	return x, nil
}

// ParsePath reads the path of a PATCH operation. The error is an [*Error].
func ParsePath(text string) (Path, error) {
	p := &parser{text: strings.TrimSpace(text), path: true}
	if err := p.checkText(); err != nil {
		return Path{}, err
	}
	path := Path{Attr: p.name()}
	if path.Attr == "" {
		return Path{}, p.fail("a path begins with the name of an attribute")
	}
	if p.next('[') {
		x, err := p.bracket()
		if err != nil {
			return Path{}, err
		}
		path.Filter = x
		if p.next('.') {
			if path.Sub = p.name(); path.Sub == "" {
				return Path{}, p.fail("the name of a sub-attribute follows the point")
			}
		}
	}
	if p.pos < len(p.text) {
		return Path{}, p.fail("the path goes on after its end")
	}
	return path, nil
}

// parser reads text once.
type parser struct {
	text        string
	pos         int
	depth       int
	comparisons int
	path        bool // a path is read, of which only the brackets hold a filter
	brackets    int
}

func (p *parser) checkText() error {
	switch {
	case len(p.text) > MaxLength:
		return p.fail("it is too long")
	case !utf8.ValidString(p.text):
		return p.fail("it is not UTF-8")
	}
	return nil
}

func (p *parser) fail(msg string) error {
	return &Error{Offset: p.pos, Msg: msg, InFilter: !p.path || p.brackets > 0}
}

func (p *parser) or() (Expr, error) {
	left, err := p.and()
	for err == nil && p.word("or") {
		var right Expr
		if right, err = p.and(); err == nil {
			left = Or{left, right}
		}
	}
	return left, err
}

func (p *parser) and() (Expr, error) {
	left, err := p.term()
	for err == nil && p.word("and") {
		var right Expr
		if right, err = p.term(); err == nil {
			left = And{left, right}
		}
	}
	return left, err
}

func (p *parser) term() (Expr, error) {
	p.skipBlanks()
	if p.next('(') {
		return p.group()
	}
	attr := p.name()
	if attr == "" {
		return nil, p.fail("a name of an attribute is missing")
	}
	if after := p.pos; lower(attr) == "not" {
		p.skipBlanks()
		if p.next('(') {
			x, err := p.group()
			return Not{x}, err
		}
		p.pos = after // an attribute of that name
	}
	if p.next('[') {
		return p.values(attr)
	}
	c, err := p.compare(attr)
	if err != nil {
		return nil, err
	}
	return *c, nil
}

// group reads a filter and the bracket that ends it.
func (p *parser) group() (Expr, error) { return p.nested(')') }

// bracket is group for the filter of an attribute's values.
func (p *parser) bracket() (Expr, error) {
	p.brackets++
	x, err := p.nested(']')
	p.brackets--
	return x, err
}

func (p *parser) nested(end byte) (Expr, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail("it has too many brackets inside each other")
	}
	x, err := p.or()
	if err != nil {
		return nil, err
	}
	p.skipBlanks()
	if !p.next(end) {
		return nil, p.fail("a closing bracket is missing")
	}
	p.depth--
	return x, nil
}

// values reads what follows attr[.
func (p *parser) values(attr string) (Expr, error) {
	if p.brackets > 0 {
		return nil, p.fail("a filter of values cannot hold another one")
	}
	x, err := p.bracket()
	if err != nil {
		return nil, err
	}
	v := Values{Attr: attr, Filter: x}
	if p.next('.') {
		sub := p.name()
		if sub == "" {
			return nil, p.fail("the name of a sub-attribute follows the point")
		}
		if v.Sub, err = p.compare(sub); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// compare reads the operator and the value after an attribute.
func (p *parser) compare(attr string) (*Compare, error) {
	if p.comparisons++; p.comparisons > MaxComparisons {
		return nil, p.fail("it has too many comparisons")
	}
	if !p.skipBlanks() {
		return nil, p.fail("a blank and an operator are missing")
	}
	op, ok := operator(p.letters())
	if !ok {
		return nil, p.fail("there is no such operator")
	}
	c := &Compare{Attr: attr, Op: op}
	if op == Present {
		return c, nil
	}
	if !p.skipBlanks() && !p.at('"') {
		return nil, p.fail("a blank and a value are missing")
	}
	v, err := p.value()
	c.Value = v
	return c, err
}

// value reads a JSON string, number, true, false or null, or text without quotes.
func (p *parser) value() (Value, error) {
	if p.at('"') {
		return p.quoted()
	}
	start := p.pos
	for p.pos < len(p.text) && !strings.ContainsRune(" \t)]", rune(p.text[p.pos])) {
		p.pos++
	}
	word := p.text[start:p.pos]
	switch {
	case word == "":
		return Value{}, p.fail("a value is missing")
	case lower(word) == "null":
		return Value{}, nil
	case lower(word) == "true", lower(word) == "false":
		return Value{Bool, lower(word)}, nil
	case json.Valid([]byte(word)) && (word[0] == '-' || word[0] >= '0' && word[0] <= '9'):
		return Value{Number, word}, nil
	case strings.ContainsAny(word, `"[({`):
		return Value{}, p.fail("a value is malformed")
	}
	return Value{String, word}, nil
}

// quoted reads a JSON string.
func (p *parser) quoted() (Value, error) {
	end := p.pos + 1
	for ; end < len(p.text) && p.text[end] != '"'; end++ {
		if p.text[end] == '\\' {
			end++
		}
	}
	if end >= len(p.text) {
		return Value{}, p.fail("a string has no end")
	}
	var text string
	if err := json.Unmarshal([]byte(p.text[p.pos:end+1]), &text); err != nil {
		return Value{}, p.fail("a string is malformed")
	}
	p.pos = end + 1
	return Value{String, text}, nil
}

// name reads the characters of an attribute's path; "" if there are none.
func (p *parser) name() string {
	start := p.pos
	for p.pos < len(p.text) && isName(p.text[p.pos]) {
		p.pos++
	}
	return p.text[start:p.pos]
}

// letters reads a word.
func (p *parser) letters() string {
	start := p.pos
	for p.pos < len(p.text) && isLetter(p.text[p.pos]) {
		p.pos++
	}
	return p.text[start:p.pos]
}

// word reports whether the word is next, after a blank or a bracket, and reads it.
func (p *parser) word(want string) bool {
	start := p.pos
	blank := p.skipBlanks() || start > 0 && (p.text[start-1] == ')' || p.text[start-1] == ']')
	if blank && lower(p.letters()) == want && (p.at(' ') || p.at('\t') || p.at('(')) {
		return true
	}
	p.pos = start
	return false
}

// skipBlanks reports whether there were any.
func (p *parser) skipBlanks() bool {
	start := p.pos
	for p.at(' ') || p.at('\t') {
		p.pos++
	}
	return p.pos > start
}

// next reads c if it is next.
func (p *parser) next(c byte) bool {
	if !p.at(c) {
		return false
	}
	p.pos++
	return true
}

func (p *parser) at(c byte) bool { return p.pos < len(p.text) && p.text[p.pos] == c }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isName(c byte) bool {
	return isLetter(c) || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '$' || c == ':' || c == '.'
}

// lower folds ASCII letters, of which all words of the grammar are.
func lower(s string) string { return strings.ToLower(s) }
