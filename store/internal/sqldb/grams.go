package sqldb

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// A search for a part of a text cannot follow an index, and reading a million
// users to find one takes a second. So for every block of users with neighbouring
// numbers there is a summary of their texts: which groups of three bytes occur in
// them, by one bit for each value of a hash. A block whose summary lacks a group
// of the term holds nobody who is looked for. Summaries only grow: they may say
// too much, never too little.
const (
	blockBits  = 9 // 512 users
	halfBytes  = 4096
	gramBytes  = 2 * halfBytes // names in the first half, UIDs and attributes in the second
	gramLength = 3
	// maxSummed is the length of the longest attribute that is taken down: longer
	// ones would fill a summary that is good for many. They fill its half at once.
	maxSummed = 2048
)

// grams is the summary of a block.
type grams struct {
	block int64
	bits  []byte
}

func (*grams) Size() int64 { return gramBytes + 256 }

func gramsKey(block int64) cache.Key { return cache.Key{Table: tableGrams, Row: block} }

var gramsTable = &table{tableGrams, "grams", "id, bits", func(r Row, _ kindKey) (cache.Value, error) {
	g := &grams{r.Int(0), r.Bytes(1)}
	if len(g.bits) != gramBytes {
		return nil, errText
	}
	return g, nil
}}

// blockOf returns the block of a user's row.
func blockOf(row int64) int64 { return row >> blockBits }

// blocks returns the bounds of a realm's blocks: from low on, and below high.
func (s scope) blocks() (low, high int64) { return blockOf(s.row(0)), blockOf((s + 1).row(0)) }

// gramBit is the bit of the group that starts at i.
func gramBit(text string, i int) uint32 {
	h := uint32(text[i])<<16 | uint32(text[i+1])<<8 | uint32(text[i+2])
	return h * 0x9E3779B1 >> (32 - 15)
}

// sum takes a folded text down; it tells whether that was news.
func sum(bits []byte, text string) (news bool) {
	for i := 0; i+gramLength <= len(text); i++ {
		h := gramBit(text, i)
		if bits[h/8]&(1<<(h%8)) == 0 {
			bits[h/8] |= 1 << (h % 8)
			news = true
		}
	}
	return news
}

// may tells whether a text with the term in it may have been taken down.
func may(bits []byte, term string) bool {
	for i := 0; i+gramLength <= len(term); i++ {
		h := gramBit(term, i)
		if bits[h/8]&(1<<(h%8)) == 0 {
			return false
		}
	}
	return true
}

// sumUser takes all texts of a user down that can be searched.
func sumUser(bits []byte, e *userEntry) (news bool) {
	u, names, rest := e.user, bits[:halfBytes], bits[halfBytes:]
	add := func(half []byte, text string) {
		if sum(half, text) {
			news = true
		}
	}
	add(names, e.keys.username)
	if u.Email != "" {
		add(names, e.keys.email)
	}
	for _, part := range []string{u.Name.Full(), u.Name.Given, u.Name.Family} {
		add(names, core.Fold(part))
	}
	add(rest, core.Fold(u.UID))
	for _, a := range u.Attributes {
		switch {
		case len(a.Value) > maxSummed:
			news = fillAll(rest) || news
		case strings.HasPrefix(a.Value, `"`):
			add(rest, core.Fold(unquote(a.Value)))
		}
	}
	return news
}

func fillAll(bits []byte) (news bool) {
	for i := range bits {
		news = news || bits[i] != 0xFF
		bits[i] = 0xFF
	}
	return news
}

// sameTexts tells whether two revisions of a user are found by the same searches.
func sameTexts(a, b *userEntry) bool {
	return a.keys == b.keys && a.user.Name == b.user.Name && a.user.UID == b.user.UID &&
		slices.Equal(a.user.Attributes, b.user.Attributes)
}

// summed is a summary that a batch has added to. It is not undone with a change:
// it may say too much.
type summed struct {
	grams
	news bool
}

// summarize takes a user down, unless old was found by the same searches.
func (t *tx) summarize(e, old *userEntry) error {
	if old != nil && sameTexts(e, old) {
		return nil
	}
	s, err := t.summary(blockOf(e.row))
	if err == nil && sumUser(s.bits, e) {
		s.news = true
	}
	return err
}

// summary returns the batch's own summary of the block.
func (t *tx) summary(block int64) (*summed, error) {
	batch := t.change.batch()
	if s := batch.summaries[block]; s != nil {
		return s, nil
	}
	s := &summed{grams: grams{block, make([]byte, gramBytes)}}
	v, err := t.at(gramsTable, kindKey{}, block)
	switch {
	case err == nil:
		copy(s.bits, v.(*grams).bits)
	case !missing(err):
		return nil, err
	}
	if batch.summaries == nil {
		batch.summaries = map[int64]*summed{}
	}
	batch.summaries[block] = s
	return s, nil
}

// batch returns the batch that the change is part of.
func (c *changing) batch() *changing {
	for c.under != nil {
		c = c.under
	}
	return c
}

// flushSummaries writes the summaries that have news, and notes them as changed.
func (c *changing) flushSummaries() error {
	for block, s := range c.summaries {
		if !s.news {
			continue
		}
		err := c.conn.Exec("insert into grams (id, bits) values (?, ?) on conflict (id) do update set bits = excluded.bits",
			block, s.bits)
		if err != nil {
			return err
		}
		c.summarized = append(c.summarized, cache.Change{Key: gramsKey(block), Value: &s.grams})
	}
	return nil
}
