package schema

import (
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
)

// Work counts what the changes of one request cost, since all other writes wait for
// them: each operation on an attribute examines all of its values. A unit is about a
// nanosecond.
type Work struct{ done int }

// MaxWork bounds the work of one request.
const MaxWork = 64 << 20

// Costs of one value, in units of [Work].
const (
	costOfCopy    = 400 // with the values of its identity
	costOfTest    = 50  // by one comparison, besides the text
	costOfPrimary = 30  // being looked at for whether it is primary
	nonASCII      = 8   // times: folding the case of letters is slower
)

// Spend adds n units. It fails with a [*Fault] if there are too many.
func (w *Work) Spend(n int) error {
	if w.done += n; w.done > MaxWork {
		return &Fault{TooMany, "The operations examine too many values. Send fewer of them at once."}
	}
	return nil
}

// costOf is what the change costs on the values that its attribute has.
func (c Change) costOf(items []wire.Value) int {
	cost := costOfCopy * len(items)
	if c.comparisons > 0 {
		for _, item := range items {
			cost += c.comparisons * (costOfTest + weight(item))
		}
	}
	return cost
}

// weight is how long a value is: in bytes, of which those of texts beyond ASCII count
// several times.
func weight(v wire.Value) int {
	n := textWeight(v.Text())
	for _, item := range v.Items() {
		n += 1 + weight(item)
	}
	for _, m := range v.Members() {
		n += len(m.Name) + weight(m.Value)
	}
	return n
}

func textWeight(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return nonASCII * len(s)
		}
	}
	return len(s)
}

// comparisonsOf counts the comparisons of a filter of values.
func comparisonsOf(x filter.Expr) int {
	switch x := x.(type) {
	case filter.And:
		return comparisonsOf(x.Left) + comparisonsOf(x.Right)
	case filter.Or:
		return comparisonsOf(x.Left) + comparisonsOf(x.Right)
	case filter.Not:
		return comparisonsOf(x.X)
	case nil:
		return 0
	}
	return 1
}

// TestCost is what it costs to test n short values by the change's filter, in units of
// [Work].
func (c Change) TestCost(n int) int { return n * c.comparisons * (costOfTest + shortText) }

// shortText is the weight of an id with its address.
const shortText = 150
