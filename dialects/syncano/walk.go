package syncano

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// source is what a list is read from, chunk by chunk.
type source interface {
	// chunk reads at.limit rows and returns those that belong in the list, how
	// many it read, and the id of the last one.
	chunk(tx *core.Tx, at span) (found []dataObject, seen int, last int64, err error)
}

// span is a part of a list: rows between two exclusive bounds of the id.
type span struct {
	after, before int64
	desc          bool
	limit         int
}

// fillPage reads the page from its cursor on. Each chunk is a view of its own, so
// that a long scan keeps nobody else from reading.
func (k *call) fillPage(p *page, order *ordering, from source) (kept []dataObject, err error) {
	if p.size == 0 {
		return nil, nil
	}
	k.late() // the time begins
	if order != nil {
		return k.bestPage(p, order, from)
	}
	p.bound()
	at := span{p.after, p.before, p.queryDesc(), p.size} // all that is needed if every row is wanted
	err = k.walk(from, at, func(o *dataObject) bool {
		kept = append(kept, *o)
		return len(kept) < p.size
	})
	if p.reversed() {
		slices.Reverse(kept)
	}
	return kept, err
}

// bestPage looks at everything and keeps the page's best, never more.
func (k *call) bestPage(p *page, order *ordering, from source) ([]dataObject, error) {
	best := bestOf{order: order, page: p}
	err := k.walk(from, span{limit: scanChunk}, func(o *dataObject) bool {
		best.offer(o)
		return true
	})
	return best.result(), err
}

// walk shows take one object of the list after the other until it says no.
func (k *call) walk(from source, at span, take func(*dataObject) bool) error {
	for {
		var found []dataObject
		var seen int
		var last int64
		err := k.view(func(tx *core.Tx) (err error) {
			found, seen, last, err = from.chunk(tx, at)
			return err
		})
		if err != nil {
			return err
		}
		for i := range found {
			if !take(&found[i]) {
				return nil
			}
		}
		if seen < at.limit {
			return nil
		}
		if k.late() {
			return errTooSlow
		}
		at = at.behind(last)
	}
}

// behind is the rest of the span, in longer chunks.
func (at span) behind(last int64) span {
	at.limit = scanChunk
	if at.desc {
		at.before = last
	} else {
		at.after = last
	}
	return at
}
