package rack

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Nest builds an object from pairs by their names: a[b]=1 nests, a[]=1 appends, a[][b]=1&a[][c]=2 fills one object
// until a name repeats, a[0]=1 makes an object with index names (see wire.AsList). Brackets need not match:
// a[b and [a][b] are a[b]. A name that repeats keeps its last value; a pair without a name is left out.
// Errors: wire.ErrFormShape for a name that is used for two shapes, wire.ErrTooDeep.
func Nest(pairs []wire.Pair, limits wire.Limits) (wire.Value, error) {
	limits = limits.WithDefaults()
	root := wire.Object()
	for _, p := range pairs {
		if err := put(root, p.Name, p.Value, limits.Depth); err != nil {
			return wire.Value{}, err
		}
	}
	return root, nil
}

// put stores a value under a name in an object.
func put(in wire.Value, name string, value wire.Value, depth int) error {
	if depth == 0 {
		return wire.ErrTooDeep
	}
	key, rest := cutName(name)
	switch {
	case key == "":
	case rest == "":
		in.Set(key, value)
	case rest == "[":
		in.Set(name, value)
	case strings.HasPrefix(rest, "[]"):
		return appendItem(in, key, rest[2:], value, depth)
	default:
		object, ok := container(in, key, wire.Object())
		if !ok {
			return wire.ErrFormShape
		}
		return put(object, rest, value, depth-1)
	}
	return nil
}

// cutName returns the first name of a nested one and what follows: "a" and "[b]" of "a[b]", "a" and "" of "[a]".
func cutName(name string) (key, rest string) {
	name = strings.TrimLeft(name, "[]")
	end := strings.IndexAny(name, "[]")
	if end < 0 {
		return name, ""
	}
	return name[:end], strings.TrimLeft(name[end:], "]")
}

// container returns the member of an object that is of the same kind as fresh, which it becomes if it is absent or
// null. ok is false for a member of another kind.
func container(in wire.Value, key string, fresh wire.Value) (found wire.Value, ok bool) {
	found, _ = in.Get(key)
	if found.IsNull() {
		in.Set(key, fresh)
		return fresh, true
	}
	return found, found.Kind() == fresh.Kind()
}

// appendItem stores a value in a list: as a new item, or under a further name of the last item while that lacks it.
func appendItem(in wire.Value, key, name string, value wire.Value, depth int) error {
	list, ok := container(in, key, wire.Array())
	if !ok {
		return wire.ErrFormShape
	}
	switch name {
	case "":
		list.Append(value)
		return nil
	case "[]":
		list.Append(wire.Array(value))
		return nil
	}
	if strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]") && strings.Count(name, "[") == 1 {
		name = name[1 : len(name)-1]
	}
	if items := list.Items(); len(items) > 0 && items[len(items)-1].Kind() == wire.KindObject && !taken(items[len(items)-1], name) {
		return put(items[len(items)-1], name, value, depth-1)
	}
	item := wire.Object()
	list.Append(item)
	return put(item, name, value, depth-1)
}

// taken reports whether an object has a value under the nested name, so that the next item of a list must begin.
func taken(object wire.Value, name string) bool {
	if strings.Contains(name, "[]") {
		return false
	}
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '[' || r == ']' }) {
		member, ok := object.Get(part)
		if !ok {
			return false
		}
		object = member
	}
	return true
}
