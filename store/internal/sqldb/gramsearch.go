package sqldb

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// maxBlocks is how many blocks a search may be narrowed to. For more it is as
// good to read all users, in the order that is asked for.
const maxBlocks = 64

// blockSearch is a search that the summaries of blocks can narrow.
type blockSearch struct {
	terms       []string
	names, rest bool // which halves are searched
}

// byBlocks tells whether summaries can narrow a search, and how.
func byBlocks(s core.Search) (bs blockSearch, ok bool) {
	for _, term := range s.Terms {
		if len(term) < gramLength {
			return bs, false
		}
		if storable(term) {
			bs.terms = append(bs.terms, term)
		}
	}
	for _, f := range s.Fields {
		if f == core.FieldUID {
			bs.rest = true
		} else {
			bs.names = true
		}
	}
	bs.rest = bs.rest || len(s.Attributes) > 0
	return bs, len(s.Terms) > 0
}

// may tells whether somebody in the block may be found by a name, or by the rest.
func (bs blockSearch) may(g *grams) (byName, byRest bool) {
	for _, term := range bs.terms {
		byName = byName || bs.names && g.names().may(term)
		byRest = byRest || bs.rest && g.rest().may(term)
	}
	return byName, byRest
}

// candidates are the blocks in which somebody may be found: in those of byName by
// a name only, which the database can look for by itself.
type candidates struct{ byName, all []int64 }

func (c *candidates) many() bool { return len(c.byName)+len(c.all) > maxBlocks }

// blockSearched is what a search by blocks came to.
type blockSearched struct {
	query core.UserQuery
	ids   []int64
	ok    bool
}

// foundByBlocks searches by blocks: it returns the IDs of all whom q keeps, leaving out
// After, Limit and Offset, or false if that is no better than to read all users.
// A view that counts before it lists searches once.
func (t *tx) foundByBlocks(realm scope, q core.UserQuery) (ids []int64, ok bool, err error) {
	bs, ok := byBlocks(q.Search)
	if !ok {
		return nil, false, nil
	}
	q.After, q.Order, q.Desc, q.Limit, q.Offset = nil, core.OrderID, false, 0, 0
	if last := t.searched; last != nil && reflect.DeepEqual(last.query, q) {
		return last.ids, last.ok, nil
	}
	if ids, ok, err = t.searchBlocks(realm, q, bs); err == nil && t.change == nil {
		t.searched = &blockSearched{q, ids, ok}
	}
	return ids, ok, err
}

func (t *tx) searchBlocks(realm scope, q core.UserQuery, bs blockSearch) (ids []int64, ok bool, err error) {
	found, err := t.blocks(realm, bs)
	if err != nil {
		return nil, false, err
	}
	for _, id := range q.Search.OrIDs {
		if valid(id) {
			found.all = append(found.all, blockOf(realm.row(id)))
		}
	}
	found.tidy()
	if found.many() {
		return nil, false, nil
	}
	rows, err := t.searchCandidates(realm, q, found)
	ids = make([]int64, 0, len(rows)) // nil would be everybody
	for _, row := range rows {
		ids = append(ids, id(row))
	}
	return ids, true, err
}

// tidy sorts the blocks and leaves each in one list only.
func (c *candidates) tidy() {
	slices.Sort(c.all)
	c.all = slices.Compact(c.all)
	c.byName = slices.DeleteFunc(c.byName, func(block int64) bool {
		_, twice := slices.BinarySearch(c.all, block)
		return twice
	})
	slices.Sort(c.byName)
}

// blocks returns the realm's blocks in which somebody may be found; it stops when
// there are too many.
func (t *tx) blocks(realm scope, bs blockSearch) (found candidates, err error) {
	low, high := realm.blocks()
	b := selecting("id", "grams")
	b.and("id >= ?", low)
	b.and("id < ?", high)
	all, err := t.numbers(b)
	if err != nil {
		return found, err
	}
	if t.change != nil {
		all = t.change.withSummaries(all, low, high)
	}
	for some := range slices.Chunk(all, maxFetch/8) {
		list, err := t.all(gramsTable, kindKey{}, some)
		if err != nil {
			return found, err
		}
		for _, v := range list {
			found.add(v.(*grams), bs)
		}
		if found.many() {
			break
		}
	}
	return found, nil
}

func (c *candidates) add(g *grams, bs blockSearch) {
	switch byName, byRest := bs.may(g); {
	case byRest:
		c.all = append(c.all, g.block)
	case byName:
		c.byName = append(c.byName, g.block)
	}
}

// searchCandidates searches both sorts of blocks, and returns rows in order.
func (t *tx) searchCandidates(realm scope, q core.UserQuery, c candidates) ([]int64, error) {
	rows, err := t.searchIn(realm, q, c.all, false)
	if err != nil {
		return nil, err
	}
	named, err := t.searchIn(realm, q, c.byName, true)
	rows = append(rows, named...)
	slices.Sort(rows)
	return rows, err
}

// searchIn searches the users of some blocks, in byName by their names only.
func (t *tx) searchIn(realm scope, q core.UserQuery, blocks []int64, byName bool) ([]int64, error) {
	if len(blocks) == 0 {
		return nil, nil
	}
	if judged(q.Search) {
		return t.matchRows(realm, q, usersIn(blocks), func(b *builder) {
			b.and(inBlocks)
			if byName {
				t.sieved(b, q.Search)
			}
		})
	}
	b := selecting("id", usersIn(blocks))
	b.and(inBlocks)
	w := narrow(&q)
	if err := t.userConditions(b, realm, q); err != nil {
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
		text.WriteString("(" + strconv.FormatInt(blocks[first]<<blockBits, 10) + "," +
			strconv.FormatInt((blocks[i-1]+1)<<blockBits, 10) + ")")
	}
	text.WriteString(") as block cross join users")
	return text.String()
}

// withSummaries adds the blocks in the bounds that only the batch knows yet.
func (c *changing) withSummaries(blocks []int64, low, high int64) []int64 {
	for block := range c.batch().summaries {
		if block >= low && block < high && !slices.Contains(blocks, block) {
			blocks = append(blocks, block)
		}
	}
	return blocks
}
