package syncano

import (
	"slices"
	"time"
)

// Filters that no index serves are answered by a scan: chunk after chunk, from
// the cursor on, until the page is full. What it costs depends on how many rows
// it passes over, so it is bounded in time.

// scanChunk is how many rows are looked at between two looks at the clock.
const scanChunk = 500

// late tells whether the request has scanned for longer than it may. The parts
// of a batch share what they may.
func (k *call) late() bool {
	now := time.Now()
	if k.deadline.IsZero() {
		k.deadline = now.Add(k.d.cfg.QueryTime)
		if whole, ok := k.req.Context().Value(inBatch{}).(time.Time); ok && whole.Before(k.deadline) {
			k.deadline = whole
		}
	}
	return now.After(k.deadline)
}

// scan fills the page with rows that keep wants. list gives at most limit rows
// in the store's order between two exclusive bounds of the id.
func scan[R any](k *call, p *page, list func(after, before int64, limit int) ([]R, error), id func(R) int64, keep func(R) bool) ([]R, error) {
	if p.size == 0 {
		return nil, nil
	}
	k.late()                                          // the time begins
	after, before, limit := p.after, p.before, p.size // all that is needed if every row is wanted
	var kept []R
	for ; ; limit = scanChunk {
		rows, err := list(after, before, limit)
		if err != nil {
			return nil, err
		}
		kept = appendKept(kept, rows, p.size, keep)
		if len(kept) == p.size || len(rows) < limit {
			break
		}
		if k.late() {
			return nil, errTooSlow
		}
		if last := id(rows[len(rows)-1]); p.queryDesc() {
			before = last
		} else {
			after = last
		}
	}
	if p.reversed() {
		slices.Reverse(kept)
	}
	return kept, nil
}

func appendKept[R any](kept, rows []R, limit int, keep func(R) bool) []R {
	for _, row := range rows {
		if len(kept) == limit {
			break
		}
		if keep(row) {
			kept = append(kept, row)
		}
	}
	return kept
}
