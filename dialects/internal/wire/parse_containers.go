package wire

import "strings"

func (p *parser) array() (Value, error) {
	from := len(p.items)
	if p.peek() == ']' {
		p.pos++
		return Array(), nil
	}
	for {
		v, err := p.value()
		if err != nil {
			return Value{}, err
		}
		p.items = append(p.items, v)
		switch p.peek() {
		case ',':
			p.pos++
		case ']':
			p.pos++
			return p.closeArray(from), nil
		default:
			return Value{}, p.fail("Missing a comma or a closing bracket after an array element.")
		}
	}
}

func (p *parser) closeArray(from int) Value {
	items := make([]Value, len(p.items)-from)
	copy(items, p.items[from:])
	p.items = p.items[:from]
	return Value{kind: KindArray, node: &node{items: items}}
}

func (p *parser) object() (Value, error) {
	from := len(p.fields)
	if p.peek() == '}' {
		p.pos++
		return Object(), nil
	}
	seen := nameFilter{}
	for {
		m, err := p.member()
		if err != nil {
			return Value{}, err
		}
		p.keep(from, m, &seen)
		switch p.peek() {
		case ',':
			p.pos++
		case '}':
			p.pos++
			return p.closeObject(from, &seen), nil
		default:
			return Value{}, p.fail("Missing a comma or a closing brace after an object member.")
		}
	}
}

func (p *parser) member() (Member, error) {
	if p.peek() != '"' {
		return Member{}, p.fail("Missing a name for object member.")
	}
	name, err := p.scanString()
	if err != nil {
		return Member{}, err
	}
	m := Member{Name: p.names.add(name)}
	if p.peek() != ':' {
		return Member{}, p.fail("Missing a colon after a name of an object member.")
	}
	p.pos++
	m.Value, err = p.value()
	return m, err
}

// keep stores a member, over an earlier one of its name.
func (p *parser) keep(from int, m Member, seen *nameFilter) {
	if seen.mark(m.Name) {
		if i := seen.find(p.fields[from:], m.Name); i >= 0 {
			p.fields[from+i].Value = m.Value
			return
		}
	}
	if seen.index != nil {
		seen.index[m.Name] = len(p.fields) - from
	}
	p.fields = append(p.fields, m)
}

func (p *parser) closeObject(from int, seen *nameFilter) Value {
	n := &node{members: make([]Member, len(p.fields)-from)}
	copy(n.members, p.fields[from:])
	p.fields = p.fields[:from]
	if len(n.members) >= indexFrom {
		n.index = seen.index
		if n.index == nil {
			n.reindex()
		}
	}
	return Value{kind: KindObject, node: n}
}

// nameFilter finds repeated names without comparing each pair: a name whose bit is unset is new. Objects too large
// for that get a map, which the finished object keeps.
type nameFilter struct {
	bits  [4]uint64
	index map[string]int
}

// mark notes a name and reports whether it may have been there before.
func (f *nameFilter) mark(name string) bool {
	h := uint(len(name)) * 7
	if len(name) > 0 {
		h += uint(name[0])*31 + uint(name[len(name)/2])*17 + uint(name[len(name)-1])
	}
	word, mask := &f.bits[h>>6&3], uint64(1)<<(h&63)
	before := *word & mask
	*word |= mask
	return before != 0 || f.index != nil
}

// find is the place of name among members, or -1. From indexFrom members on it moves them into a map.
func (f *nameFilter) find(members []Member, name string) int {
	if f.index == nil && len(members) < indexFrom {
		return (&node{members: members}).find(name)
	}
	if f.index == nil {
		n := node{members: members}
		n.reindex()
		f.index = n.index
	}
	if i, ok := f.index[name]; ok {
		return i
	}
	return -1
}

// nameBuffer makes many short strings with few allocations. Only member names live there: a kept name keeps its
// neighbours alive, which a value, perhaps a secret, must not.
type nameBuffer struct{ chunk strings.Builder }

func (a *nameBuffer) add(b []byte) string {
	if a.chunk.Cap()-a.chunk.Len() < len(b) {
		a.chunk = strings.Builder{}
		a.chunk.Grow(max(256, len(b)))
	}
	from := a.chunk.Len()
	a.chunk.Write(b)
	return a.chunk.String()[from:]
}
