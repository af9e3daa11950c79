package wire

// indexFrom is the size from which an object keeps a map beside its members: below it a linear look is faster,
// above it hostile bodies would make linear looks quadratic.
const indexFrom = 64

// node is what only containers and files need, kept behind a pointer so that scalars stay small.
type node struct {
	items   []Value
	members []Member
	index   map[string]int // nil below indexFrom members
	file    *File
}

// Len is the number of an array's items or an object's members, else 0.
func (v Value) Len() int {
	if v.node == nil {
		return 0
	}
	return len(v.node.items) + len(v.node.members)
}

// Items are an array's items in order; nil for other kinds. They must not be changed.
func (v Value) Items() []Value {
	if v.kind != KindArray {
		return nil
	}
	return v.node.items
}

// Members are an object's members in the order of their first appearance; nil for other kinds. They must not be changed.
func (v Value) Members() []Member {
	if v.kind != KindObject {
		return nil
	}
	return v.node.members
}

// Get finds an object's member; ok is false when it is absent or v is no object.
func (v Value) Get(name string) (value Value, ok bool) {
	if v.kind != KindObject {
		return Value{}, false
	}
	i := v.node.find(name)
	if i < 0 {
		return Value{}, false
	}
	return v.node.members[i].Value, true
}

// Has reports whether v is an object with that member, null or not.
func (v Value) Has(name string) bool { return v.kind == KindObject && v.node.find(name) >= 0 }

// Field is an object's member as a tri-state: absent, null or value.
func (v Value) Field(name string) Field[Value] {
	member, ok := v.Get(name)
	switch {
	case !ok:
		return Field[Value]{}
	case member.IsNull():
		return Null[Value]()
	}
	return Some(member)
}

// Set gives an object a member, in place of an earlier one with its name. Copies of v share the change.
// A v of another kind becomes an object first.
func (v *Value) Set(name string, value Value) {
	if v.kind != KindObject {
		*v = Value{kind: KindObject, node: &node{}}
	}
	*v.node.slot(name) = value
}

// Append adds an item to an array. Copies of v share the change. A v of another kind becomes an array first.
func (v *Value) Append(item Value) {
	if v.kind != KindArray {
		*v = Value{kind: KindArray, node: &node{}}
	}
	v.node.items = append(v.node.items, item)
}

// slot is the place of a member's value, made if need be; valid until the next slot is made.
func (n *node) slot(name string) *Value {
	i := n.find(name)
	if i < 0 {
		i = n.add(Member{Name: name})
	}
	return &n.members[i].Value
}

func (n *node) find(name string) int {
	if n.index != nil {
		if i, ok := n.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range n.members {
		if n.members[i].Name == name {
			return i
		}
	}
	return -1
}

func (n *node) add(m Member) int {
	i := len(n.members)
	n.members = append(n.members, m)
	if n.index != nil {
		n.index[m.Name] = i
	} else if len(n.members) >= indexFrom {
		n.reindex()
	}
	return i
}

func (n *node) reindex() {
	n.index = make(map[string]int, len(n.members))
	for i, m := range n.members {
		n.index[m.Name] = i
	}
}

// Equal reports whether two values are alike: same kinds, same texts (1.0 is not 1), same items, same members in
// any order. Files are alike when they are the same upload.
func Equal(a, b Value) bool {
	if a.kind != b.kind || a.text != b.text || a.Len() != b.Len() || a.File() != b.File() {
		return false
	}
	for i, item := range a.Items() {
		if !Equal(item, b.node.items[i]) {
			return false
		}
	}
	for _, m := range a.Members() {
		if other, ok := b.Get(m.Name); !ok || !Equal(m.Value, other) {
			return false
		}
	}
	return true
}
