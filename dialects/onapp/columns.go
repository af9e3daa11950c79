package onapp

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// userView is one user and all that is shown of it.
type userView struct {
	d      *Dialect
	user   *core.User
	facet  *facet
	roles  []*role
	group  int64 // the user group; 0 = none
	fields []shownField
	// apiKey is shown by the one answer that makes it.
	apiKey string
	// hideLogin leaves the login away: the caller's own, if it came with a key.
	hideLogin bool
	status    string
	form      form
}

// column is one key of the user object.
type column struct {
	name string
	part part
	in   func(version) bool // nil: in every version
	// fixed writes what is the same for every user, own what is the user's. One of them is set.
	fixed fixedWriter
	own   ownWriter
}

type (
	fixedWriter func(e emitter, name string)
	ownWriter   func(e stream, name string, v *userView)
)

// part says in which of the two forms of a user a column stands.
type part uint8

const (
	always  part = iota // in both
	price               // in both, but last in the short one
	details             // not in the short one
)

// columns are the keys of one version, in order.
type columns struct{ full, short []column }

func (d *Dialect) columnsOf() (c columns) {
	for _, one := range allColumns(d.version) {
		if one.in != nil && !one.in(d.version) {
			continue
		}
		c.full = append(c.full, one)
		if one.part == always {
			c.short = append(c.short, one)
		}
	}
	for _, name := range shortPrices(d.version) {
		at := slices.IndexFunc(c.full, func(one column) bool { return one.part == price && one.name == name })
		if at >= 0 {
			c.short = append(c.short, c.full[at])
		}
	}
	return columns{d.joinFixed(c.full), d.joinFixed(c.short)}
}

// joinFixed makes one column of neighbours that are the same for every user: they are written once and then copied.
func (d *Dialect) joinFixed(cols []column) (joined []column) {
	for len(cols) > 0 {
		n := slices.IndexFunc(cols, func(c column) bool { return c.fixed == nil })
		if n < 0 {
			n = len(cols)
		}
		if n > 0 {
			joined, cols = append(joined, d.frozen(cols[:n])), cols[n:]
			continue
		}
		joined, cols = append(joined, cols[0]), cols[1:]
	}
	return joined
}

func (d *Dialect) frozen(cols []column) column {
	var texts fragments
	return column{own: func(e stream, _ string, v *userView) {
		e.RawItem(texts.get(d, v.form, amongKeys, func(e stream) {
			for _, c := range cols {
				c.fixed(e, c.name)
			}
		}))
	}}
}

// shortPrices is the order of the last keys of a short user. source: vendor reference, the user object.
func shortPrices(v version) []string {
	return []string{
		v.planKey(), "monthly_price", "payment_amount", "outstanding_amount", "total_amount",
		"discount_due_to_free", "total_amount_with_discount",
	}
}
