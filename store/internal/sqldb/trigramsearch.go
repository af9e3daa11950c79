package sqldb

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/trigram"
)

// maxBlocks is how many blocks a search may be narrowed to. For more it is as fast
// to read all users, in the order that is asked for.
const maxBlocks = 64

// trigramSearch is a search that trigram filters can narrow.
type trigramSearch struct {
	terms         []string
	names, others bool // which halves are searched
}

// trigramTerms returns the search, or false if filters cannot narrow it.
func trigramTerms(s core.Search) (ts trigramSearch, ok bool) {
	for _, term := range s.Terms {
		if len(term) < trigram.MinTerm {
			return ts, false
		}
		if storable(term) {
			ts.terms = append(ts.terms, term)
		}
	}
	for _, f := range s.Fields {
		if f == core.FieldUID {
			ts.others = true
		} else {
			ts.names = true
		}
	}
	ts.others = ts.others || len(s.Attributes) > 0
	return ts, len(s.Terms) > 0
}

// mayMatch reports whether a user of the block may match by a name, or by another
// text.
func (ts trigramSearch) mayMatch(f *filterEntry) (byName, byOther bool) {
	for _, term := range ts.terms {
		byName = byName || ts.names && f.Names().MayContain(term)
		byOther = byOther || ts.others && f.Others().MayContain(term)
	}
	return byName, byOther
}

// candidates are the blocks that may hold a match: those of byName by a name only,
// which the database can search for by itself.
type candidates struct{ byName, all []int64 }

func (c *candidates) many() bool { return len(c.byName)+len(c.all) > maxBlocks }

// trigramResult is the result of a search by trigrams.
type trigramResult struct {
	query core.UserQuery
	ids   []int64
	ok    bool
}

// idsByTrigram returns the IDs of all users that q keeps without After, Limit and
// Offset, or false if the filters do not narrow the search enough. A view that
// counts before it lists searches once.
func idsByTrigram(t *tx, realm scope, q core.UserQuery) (ids []int64, ok bool, err error) {
	ts, ok := trigramTerms(q.Search)
	if !ok {
		return nil, false, nil
	}
	q.After, q.Order, q.Desc, q.Limit, q.Offset = nil, core.OrderID, false, 0, 0
	if last := t.lastSearch; last != nil && reflect.DeepEqual(last.query, q) {
		return last.ids, last.ok, nil
	}
	if ids, ok, err = searchByTrigram(t, realm, q, ts); err == nil && t.change == nil {
		t.lastSearch = &trigramResult{q, ids, ok}
	}
	return ids, ok, err
}

func searchByTrigram(t *tx, realm scope, q core.UserQuery, ts trigramSearch) (ids []int64, ok bool, err error) {
	found, err := t.blocks(realm, ts)
	if err != nil {
		return nil, false, err
	}
	for _, id := range q.Search.OrIDs {
		if valid(id) {
			found.all = append(found.all, trigram.Block(realm.row(id)))
		}
	}
	found.normalize()
	if found.many() {
		return nil, false, nil
	}
	rows, err := searchCandidates(t, realm, q, found)
	ids = make([]int64, 0, len(rows)) // nil would be all users
	for _, row := range rows {
		ids = append(ids, id(row))
	}
	return ids, true, err
}

// normalize sorts the blocks and leaves each in one list only.
func (c *candidates) normalize() {
	slices.Sort(c.all)
	c.all = slices.Compact(c.all)
	c.byName = slices.DeleteFunc(c.byName, func(block int64) bool {
		_, twice := slices.BinarySearch(c.all, block)
		return twice
	})
	slices.Sort(c.byName)
}

// blocks returns the realm's blocks that may hold a match. It stops when there are
// too many.
func (t *tx) blocks(realm scope, ts trigramSearch) (found candidates, err error) {
	low, high := realm.blocks()
	all, err := blockNumbers(t, low, high)
	if err != nil {
		return found, err
	}
	err = eachFilter(t, all, func(f *filterEntry) bool {
		found.add(f, ts)
		return !found.many()
	})
	return found, err
}

// blockNumbers returns the blocks with users from low on and below high, in order.
func blockNumbers(t *tx, low, high int64) ([]int64, error) {
	b := selecting("id", "grams")
	b.and("id >= ?", low)
	b.and("id < ?", high)
	b.then(" order by id")
	all, err := t.numbers(b)
	if t.change != nil {
		all = t.change.withFilters(all, low, high)
		slices.Sort(all)
	}
	return all, err
}

// eachFilter reads the filters of blocks, few at first, until use returns false.
func eachFilter(t *tx, blocks []int64, use func(*filterEntry) bool) error {
	for n := 64; len(blocks) > 0; n = min(2*n, maxFetch/8) {
		some := blocks[:min(n, len(blocks))]
		blocks = blocks[len(some):]
		list, err := t.all(filtersTable, kindKey{}, some)
		if err != nil {
			return err
		}
		for _, v := range list {
			if !use(v.(*filterEntry)) {
				return nil
			}
		}
	}
	return nil
}

func (c *candidates) add(f *filterEntry, ts trigramSearch) {
	switch byName, byOther := ts.mayMatch(f); {
	case byOther:
		c.all = append(c.all, f.block)
	case byName:
		c.byName = append(c.byName, f.block)
	}
}

// searchCandidates searches both kinds of blocks and returns rows in order.
func searchCandidates(t *tx, realm scope, q core.UserQuery, c candidates) ([]int64, error) {
	rows, err := searchIn(t, realm, q, c.all, false)
	if err != nil {
		return nil, err
	}
	named, err := searchIn(t, realm, q, c.byName, true)
	rows = append(rows, named...)
	slices.Sort(rows)
	return rows, err
}

// searchIn searches the users of some blocks, in byName by their names only.
func searchIn(t *tx, realm scope, q core.UserQuery, blocks []int64, byName bool) ([]int64, error) {
	if len(blocks) == 0 {
		return nil, nil
	}
	if needsGoMatch(q.Search) {
		return matchRows(t, realm, q, usersIn(blocks), func(b *builder) {
			b.and(inBlocks)
			if byName {
				prefilterNames(t, b, q.Search)
			}
		})
	}
	b := selecting("id", usersIn(blocks))
	b.and(inBlocks)
	w := narrow(&q)
	if err := userConditions(t, b, realm, q); err != nil {
		return nil, err
	}
	w.add(b)
	return t.numbers(b)
}

// inBlocks is the condition that goes with usersIn.
const inBlocks = "id >= block.column1 and id < block.column2"

// usersIn is the users of some blocks, as a table: blocks that touch are one range.
func usersIn(blocks []int64) string {
	var text strings.Builder
	text.WriteString("(values ")
	for i := 0; i < len(blocks); {
		first := i
		for i++; i < len(blocks) && blocks[i] == blocks[i-1]+1; i++ {
		}
		if first > 0 {
			text.WriteByte(',')
		}
		text.WriteString("(" + strconv.FormatInt(blocks[first]<<trigram.BlockBits, 10) + "," +
			strconv.FormatInt((blocks[i-1]+1)<<trigram.BlockBits, 10) + ")")
	}
	text.WriteString(") as block cross join users")
	return text.String()
}
