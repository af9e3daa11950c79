package sqldb

import (
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

// may tells whether somebody in the block may be found.
func (bs blockSearch) may(g *grams) bool {
	for _, term := range bs.terms {
		if bs.names && may(g.bits[:halfBytes], term) || bs.rest && may(g.bits[halfBytes:], term) {
			return true
		}
	}
	return false
}

// foundByBlocks searches by blocks: it returns the IDs of all whom q keeps, leaving out
// Behind, Limit and Offset, or false if that is no better than to read all users.
func (t *tx) foundByBlocks(realm scope, q core.UserQuery) (ids []int64, ok bool, err error) {
	bs, ok := byBlocks(q.Search)
	if !ok {
		return nil, false, nil
	}
	blocks, err := t.blocks(realm, bs)
	if err != nil {
		return nil, false, err
	}
	for _, id := range q.Search.OrIDs {
		if valid(id) {
			blocks = append(blocks, blockOf(realm.row(id)))
		}
	}
	slices.Sort(blocks)
	if blocks = slices.Compact(blocks); len(blocks) > maxBlocks {
		return nil, false, nil
	}
	q.Behind, q.Order, q.Limit, q.Offset = nil, core.OrderID, 0, 0
	rows, err := t.searchIn(realm, q, blocks)
	ids = make([]int64, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, id(row))
	}
	return ids, true, err
}

// blocks returns the realm's blocks in which somebody may be found; it stops when
// there are too many.
func (t *tx) blocks(realm scope, bs blockSearch) (blocks []int64, err error) {
	low, high := realm.blocks()
	b := selecting("id", "grams")
	b.and("id >= ?", low)
	b.and("id < ?", high)
	all, err := t.numbers(b)
	if err != nil {
		return nil, err
	}
	if t.change != nil {
		all = t.change.withSummaries(all, low, high)
	}
	for some := range slices.Chunk(all, maxFetch/8) {
		list, err := t.all(gramsTable, kindKey{}, some)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			if g := v.(*grams); bs.may(g) {
				blocks = append(blocks, g.block)
			}
		}
		if len(blocks) > maxBlocks {
			break
		}
	}
	return blocks, nil
}

// searchIn searches the users of some blocks.
func (t *tx) searchIn(realm scope, q core.UserQuery, blocks []int64) ([]int64, error) {
	if len(blocks) == 0 {
		return nil, nil
	}
	if judged(q.Search) {
		return t.matchRows(realm, q, usersIn(blocks), inBlocks)
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
