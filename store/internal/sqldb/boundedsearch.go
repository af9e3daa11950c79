package sqldb

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/trigram"
)

// bounded reports whether q is a search that stops after it has looked at some users.
func bounded(q core.UserQuery) bool {
	s := q.Search
	return s.Scan != nil && len(s.Terms) > 0 && len(s.OrIDs) == 0 && q.Order == core.OrderID && !q.Desc &&
		q.After == nil && q.Offset == 0 && q.Limit > 0
}

// boundedSearch searches the first blocks that may hold a match, as many as q.Search.Scan
// allows.
func boundedSearch(t *tx, realm scope, q core.UserQuery) ([]*core.User, error) {
	found, last, err := firstBlocks(t, realm, q)
	if err != nil {
		return nil, err
	}
	rows, err := searchCandidates(t, realm, q, found)
	if err != nil {
		return nil, err
	}
	q.Search.Scan.Stopped = 0
	if len(rows) < q.Limit && last != 0 {
		q.Search.Scan.Stopped = last
	}
	return usersAt(t, q.Realm, rows[:min(len(rows), q.Limit)])
}

// firstBlocks returns the first blocks that may hold a match, and the number of the last
// user that they cover, 0 if there are no others.
func firstBlocks(t *tx, realm scope, q core.UserQuery) (found candidates, last int64, err error) {
	low, high := realm.bounds(q.AfterID, q.BeforeID)
	blocks, err := blockNumbers(t, trigram.Block(low+1), trigram.Block(high-1)+1)
	if err != nil {
		return found, 0, err
	}
	before := func(block int64) int64 { return id(block<<trigram.BlockBits) - 1 }
	most := max(q.Search.Scan.Most>>trigram.BlockBits, 1)
	ts, ok := trigramTerms(q.Search)
	if !ok {
		if found.all = blocks[:min(most, len(blocks))]; len(blocks) > most {
			last = before(blocks[most])
		}
		return found, last, nil
	}
	err = eachFilter(t, blocks, func(f *filterEntry) bool {
		more := found
		more.add(f, ts)
		if len(more.all)+len(more.byName) > most {
			last = before(f.block)
			return false
		}
		found = more
		return true
	})
	return found, last, err
}
