package wire

func (p *parser) array() (Value, error) {
	n := &node{}
	if p.peek() == ']' {
		p.pos++
		return Value{kind: KindArray, node: n}, nil
	}
	for {
		v, err := p.value()
		if err != nil {
			return Value{}, err
		}
		n.items = append(n.items, v)
		switch p.peek() {
		case ',':
			p.pos++
		case ']':
			p.pos++
			return Value{kind: KindArray, node: n}, nil
		default:
			return Value{}, p.fail("Missing a comma or a closing bracket after an array element.")
		}
	}
}

func (p *parser) object() (Value, error) {
	n := &node{}
	if p.peek() == '}' {
		p.pos++
		return Value{kind: KindObject, node: n}, nil
	}
	for {
		if err := p.member(n); err != nil {
			return Value{}, err
		}
		switch p.peek() {
		case ',':
			p.pos++
		case '}':
			p.pos++
			return Value{kind: KindObject, node: n}, nil
		default:
			return Value{}, p.fail("Missing a comma or a closing brace after an object member.")
		}
	}
}

// member reads a member into n, over an earlier one of its name.
func (p *parser) member(n *node) error {
	if p.peek() != '"' {
		return p.fail("Missing a name for object member.")
	}
	text, err := p.scanString()
	if err != nil {
		return err
	}
	name := string(text) // the next string may overwrite text
	if p.peek() != ':' {
		return p.fail("Missing a colon after a name of an object member.")
	}
	p.pos++
	value, err := p.value()
	if err == nil {
		*n.slot(name) = value
	}
	return err
}
