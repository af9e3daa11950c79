package wire

import (
	"errors"
	"strings"
)

// ErrFormShape means that a form uses one name both for a plain value and for a container.
var ErrFormShape = errors.New("wire: a form field has two shapes")

// NestRails builds an object from form pairs by the bracket rules of Rails: a[b]=1 nests, a[]=1 appends,
// a[][b]=1&a[][c]=2 fills one object until a name repeats, a[0]=1 makes an object with index names (see AsList).
// A plain name that repeats keeps its last value. Unbalanced brackets are part of the name.
// Errors: ErrFormShape, ErrTooDeep.
func NestRails(pairs []Pair, limits Limits) (Value, error) {
	limits = limits.WithDefaults()
	root := Object()
	for _, p := range pairs {
		if strings.Count(p.Name, "[") >= limits.Depth {
			return Value{}, ErrTooDeep
		}
		path := bracketPath(p.Name)
		if err := put(root.node.slot(path[0]), path[1:], p.Value); err != nil {
			return Value{}, err
		}
	}
	return root, nil
}

// bracketPath splits "a[b][]" into "a", "b", "".
func bracketPath(name string) []string {
	first := strings.IndexByte(name, '[')
	if first <= 0 || !strings.HasSuffix(name, "]") {
		return []string{name}
	}
	return append([]string{name[:first]}, strings.Split(name[first+1:len(name)-1], "][")...)
}

// put stores a value at the end of a path below place.
func put(place *Value, path []string, value Value) error {
	switch {
	case len(path) == 0:
		*place = value
		return nil
	case path[0] == "":
		return putItem(place, path[1:], value)
	}
	if !become(place, KindObject) {
		return ErrFormShape
	}
	return put(place.node.slot(path[0]), path[1:], value)
}

// putItem stores a value in an array: a new item, or a further name of the last item while that lacks it.
func putItem(place *Value, path []string, value Value) error {
	if !become(place, KindArray) {
		return ErrFormShape
	}
	n := place.node
	last := len(n.items) - 1
	if len(path) == 0 || last < 0 || n.items[last].kind != KindObject || taken(n.items[last], path) {
		n.items = append(n.items, Value{})
		last++
	}
	return put(&n.items[last], path, value)
}

// become makes an empty place a container of that kind, and reports whether it is one now.
func become(place *Value, k Kind) bool {
	if place.kind == KindNull {
		*place = Value{kind: k, node: &node{}}
	}
	return place.kind == k
}

// taken reports whether an object has a value at the path already, so that an array's next item must begin.
func taken(v Value, path []string) bool {
	for _, name := range path {
		if name == "" {
			return false
		}
		member, ok := v.Get(name)
		if !ok {
			return false
		}
		v = member
	}
	return true
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
