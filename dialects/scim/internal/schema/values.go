package schema

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// values is a list of values being built, in which each is once.
type values struct {
	items []wire.Value
	seen  map[string]int // by identity: the position
}

// newValues starts with the values of list.
func newValues(list wire.Value) *values {
	l := &values{items: slices.Clone(list.Items()), seen: map[string]int{}}
	for i, item := range l.items {
		l.seen[identity(item)] = i
	}
	return l
}

// identity is what two values that count as one have in common: value and type, or
// without a value everything.
func identity(item wire.Value) string {
	if item.Kind() != wire.KindObject {
		return string(item.JSON())
	}
	v, ok := item.Get("value")
	if !ok {
		return string(item.JSON())
	}
	kind, _ := item.Get("type")
	return v.Text() + "\x00" + kind.Text()
}

// add appends an item, and returns its position. One with the same identity takes its
// place, so that what was said last counts.
func (l *values) add(item wire.Value) int {
	key := identity(item)
	if i, ok := l.seen[key]; ok {
		l.items[i] = merge(l.items[i], item)
		return i
	}
	l.seen[key] = len(l.items)
	l.items = append(l.items, item)
	return len(l.items) - 1
}

// merge returns the object old with the members of item.
func merge(old, item wire.Value) wire.Value {
	if item.Kind() != wire.KindObject {
		return item
	}
	for _, m := range item.Members() {
		old = with(old, m.Name, m.Value)
	}
	return old
}

func (l *values) value() wire.Value { return wire.Array(l.items...) }

// setPrimary makes the value at i the only primary one.
func setPrimary(items []wire.Value, i int) {
	for j := range items {
		if j != i && isPrimary(items[j]) {
			items[j] = with(items[j], "primary", wire.Bool(false))
		}
	}
}
