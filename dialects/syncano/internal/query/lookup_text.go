package query

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

func textLookup(f *field, name string, v wire.Value) (condition, error) {
	want, ok := v.Str()
	if !ok {
		return nil, f.invalid(name, schema.MsgNotString)
	}
	test := textTest(name)
	return func(_ *core.Tx, o Object) (bool, error) {
		have := f.value(o)
		return have.kind == textOperand && test(have.s, want), nil
	}, nil
}

// textTest returns the test of a lookup on strings; nil for other lookups. Those
// that begin with _i ignore case.
func textTest(lookup string) func(have, want string) bool {
	switch lookup {
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

func folded(test func(have, want string) bool) func(have, want string) bool {
	return func(have, want string) bool { return test(core.Fold(have), core.Fold(want)) }
}

// like is SQL's: % stands for any characters, _ for one. Its time is at worst
// proportional to the product of both lengths.
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
