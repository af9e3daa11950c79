package syncano

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// textTest compares a value with what a query wants.
type textTest func(have, want string) bool

// textLookups returns the test of a lookup on strings; those that begin with
// _i do not tell capitals from small letters.
func textLookups(name string) textTest {
	switch name {
	case "_contains":
		return strings.Contains
	case "_startswith":
		return strings.HasPrefix
	case "_endswith":
		return strings.HasSuffix
	case "_like":
		return like
	case "_icontains":
		return folded(strings.Contains)
	case "_istartswith":
		return folded(strings.HasPrefix)
	case "_iendswith":
		return folded(strings.HasSuffix)
	case "_ilike":
		return folded(like)
	case "_ieq":
		return folded(func(have, want string) bool { return have == want })
	}
	return nil
}

func folded(test textTest) textTest {
	return func(have, want string) bool { return test(core.Fold(have), core.Fold(want)) }
}

// like is SQL's: % stands for any characters, _ for one. It takes time in
// proportion to both lengths at worst.
func like(have, pattern string) bool {
	h, p := []rune(have), []rune(pattern)
	i, j, star, mark := 0, 0, -1, 0
	for i < len(h) {
		switch {
		case j < len(p) && p[j] == '%':
			star, mark = j, i
			j++
		case j < len(p) && (p[j] == '_' || p[j] == h[i]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = mark, star+1
		default:
			return false
		}
	}
	for j < len(p) && p[j] == '%' {
		j++
	}
	return j == len(p)
}

func (k *call) textLookup(f queryField, name string, v wire.Value) (condition, error) {
	want, ok := v.Str()
	if !ok {
		return nil, f.invalid(name, msgNotString)
	}
	test := textLookups(name)
	return func(_ *core.Tx, o *dataObject) (bool, error) {
		have := f.get(o)
		return have.kind == textOperand && test(have.s, want), nil
	}, nil
}

// isLookup wants a reference, or one of a relation's, to point at an object that
// a nested query wants.
func (k *call) isLookup(tx *core.Tx, f queryField, v wire.Value) (condition, error) {
	target := f.schema.Target
	if target == "self" {
		target = f.class
	}
	if target == "user" {
		target = schema.ProfileClass
	}
	c, err := schema.FindClass(tx, k.instance.Realm, target)
	if err != nil {
		return nil, parentMissing(err, f.invalid("_is", "Class specified by target is missing."))
	}
	builtins := objectFields()
	if f.schema.Target == "user" {
		builtins = userQueryFields()
	}
	nested := &matcher{}
	if err := k.parseQuery(tx, c, builtins, v, nested); err != nil {
		return nil, err
	}
	l := &loader{k: k, class: c}
	return func(tx *core.Tx, o *dataObject) (bool, error) {
		return l.anyMatches(tx, f, o, nested)
	}, nil
}

// anyMatches loads what the object points at and asks the nested query.
func (l *loader) anyMatches(tx *core.Tx, f queryField, o *dataObject, nested *matcher) (bool, error) {
	ids := f.pointsAt(o)
	if len(ids) == 0 {
		return false, nil
	}
	q := core.RecordQuery{Realm: l.k.instance.Realm, Kind: schema.ObjectKind(l.class.Name()), IDs: ids}
	if f.schema.Target == "user" {
		q.IDs, q.Owners = nil, ids
	}
	rows, err := tx.Records(q)
	if err != nil {
		return false, err
	}
	objects, err := l.load(tx, rows)
	for i := range objects {
		if ok, err := nested.matches(tx, &objects[i]); ok || err != nil {
			return ok, err
		}
	}
	return false, err
}

// pointsAt returns the ids in a reference or relation.
func (f queryField) pointsAt(o *dataObject) []int64 {
	stored, ok := f.stored(o)
	if !ok {
		return nil
	}
	if id, isID := stored.Int(); isID {
		return []int64{id}
	}
	ids, _ := schema.ReadIDs(stored)
	return ids
}
