package wire

import "strings"

// NestDotted builds an object from form pairs by the dotted names of Django REST framework: profile.age=3 nests.
// A plain name that repeats keeps its last value; a nested object wins over a plain value of its name. A name with an empty part, such as ".a" or "a.", is taken as it is. Errors: ErrTooDeep.
func NestDotted(pairs []Pair, limits Limits) (Value, error) {
	limits = limits.WithDefaults()
	root := Object()
	for _, p := range pairs {
		if strings.Count(p.Name, ".") >= limits.Depth {
			return Value{}, ErrTooDeep
		}
		path := dottedPath(p.Name)
		place := root.node.slot(path[0])
		for _, name := range path[1:] {
			if place.kind != KindObject {
				*place = Object()
			}
			place = place.node.slot(name)
		}
		if place.kind != KindObject {
			*place = p.Value
		}
	}
	return root, nil
}

func dottedPath(name string) []string {
	path := strings.Split(name, ".")
	for _, part := range path {
		if part == "" {
			return []string{name}
		}
	}
	return path
}
