package query

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

func (r *Reader) textLookup(f *field, name string, v wire.Value) (condition, error) {
	if !isScalar(v.Kind()) {
		return nil, f.wrongKind(name)
	}
	want := schema.TextOperand(v)
	if f.folds() {
		want = core.Fold(want)
	}
	test := r.textTest(name)
	return func(_ *core.Tx, o Object) (bool, error) {
		have := f.value(o)
		if have.kind != textOperand {
			return false, nil
		}
		return test(have.s, want)
	}, nil
}

// textTest is a test of a string against the text of a condition.
type textTest func(have, want string) (bool, error)

// isTextLookup reports whether the lookup is one on strings alone.
func isTextLookup(lookup string) bool { return new(Reader).textTest(lookup) != nil }

// textTest returns the test of a lookup on strings; nil for other lookups. Those
// that begin with _i ignore case.
func (r *Reader) textTest(lookup string) textTest {
	switch lookup {
	case "_contains":
		return quick(strings.Contains)
	case "_startswith":
		return quick(strings.HasPrefix)
	case "_endswith":
		return quick(strings.HasSuffix)
	case "_like":
		return r.like
	case "_icontains":
		return folded(quick(strings.Contains))
	case "_istartswith":
		return folded(quick(strings.HasPrefix))
	case "_iendswith":
		return folded(quick(strings.HasSuffix))
	case "_ilike":
		return folded(r.like)
	case "_ieq":
		return folded(quick(func(have, want string) bool { return have == want }))
	}
	return nil
}

// quick is a test whose time is about proportional to the lengths.
func quick(test func(have, want string) bool) textTest {
	return func(have, want string) (bool, error) { return test(have, want), nil }
}

func folded(test textTest) textTest {
	return func(have, want string) (bool, error) { return test(core.Fold(have), core.Fold(want)) }
}

// stepsPerCheck is how many steps of a comparison take less than a millisecond.
const stepsPerCheck = 1 << 16

// like is SQL's: % stands for any characters, _ for one. Its time is at worst
// proportional to the product of both lengths, so it ends when the time is over.
func (r *Reader) like(have, pattern string) (bool, error) {
	h, p := []rune(have), []rune(pattern)
	i, j, star, mark := 0, 0, -1, 0
	for steps := 1; i < len(h); steps++ {
		if steps%stepsPerCheck == 0 {
			if err := r.checkTime(); err != nil {
				return false, err
			}
		}
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
			return false, nil
		}
	}
	for j < len(p) && p[j] == '%' {
		j++
	}
	return j == len(p), nil
}
