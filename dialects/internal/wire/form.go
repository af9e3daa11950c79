package wire

// Pair is one field of a form, in the order sent. Its value is a string, a file, or null for a name without "=".
type Pair struct {
	Name  string
	Value Value
}

// Last is the value of the last pair of that name.
func Last(pairs []Pair, name string) (Value, bool) {
	for i := len(pairs) - 1; i >= 0; i-- {
		if pairs[i].Name == name {
			return pairs[i].Value, true
		}
	}
	return Value{}, false
}

// AsList reads an array, or an object whose names are all decimal indexes (as a[0]=1&a[1]=2 makes), as a list in
// the order sent.
func AsList(v Value) ([]Value, bool) {
	if v.kind == KindArray {
		return v.node.items, true
	}
	if v.kind != KindObject || v.Len() == 0 {
		return nil, false
	}
	list := make([]Value, 0, v.Len())
	for _, m := range v.node.members {
		if m.Name == "" || digitsEnd([]byte(m.Name), 0) != len(m.Name) {
			return nil, false
		}
		list = append(list, m.Value)
	}
	return list, true
}
