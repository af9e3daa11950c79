package sqldb

import (
	"bytes"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// A search for a part of a text cannot follow an index, and reading a million
// users to find one takes a second. So for every block of users with neighbouring
// numbers there is a summary of their texts: which groups of three bytes occur in
// them, and in names groups of up to five, by one bit for each value of a hash. A
// block whose summary lacks a group of the term holds nobody who is looked for.
// Summaries only grow: they may say too much, never too little.
const (
	blockBits  = 9 // 512 users
	halfBytes  = 4096
	gramBytes  = 2 * halfBytes // names in the first half, UIDs and attributes in the second
	gramLength = 3
	// nameGram is the longest group of names: many of a block's people share short
	// ones, such as those of numbers that are counted up.
	nameGram = 5
	// maxSummed is the length of the longest attribute that is taken down: longer
	// ones would fill a summary that is good for many. They fill its half at once.
	maxSummed = 2048
)

// grams is the summary of a block.
type grams struct {
	block int64
	// bits are gramBytes, and a byte with the longest group of names. Summaries that
	// were begun before there was more than one length are without it, and stay so.
	bits []byte
}

func newGrams(block int64) grams {
	return grams{block, append(make([]byte, gramBytes, gramBytes+1), nameGram)}
}

func (g *grams) names() half {
	longest := gramLength
	if len(g.bits) > gramBytes {
		longest = int(g.bits[gramBytes])
	}
	return half{g.bits[:halfBytes], longest}
}

func (g *grams) rest() half { return half{g.bits[halfBytes:gramBytes], gramLength} }

func (*grams) Size() int64 { return gramBytes + 256 }

func gramsKey(block int64) cache.Key { return cache.Key{Table: tableGrams, Row: block} }

var gramsTable = &table{tableGrams, "grams", "id, bits", func(r Row, _ kindKey) (cache.Value, error) {
	g := &grams{r.Int(0), r.Bytes(1)}
	if len(g.bits) != gramBytes && len(g.bits) != gramBytes+1 {
		return nil, errText
	}
	return g, nil
}}

// blockOf returns the block of a user's row.
func blockOf(row int64) int64 { return row >> blockBits }

// blocks returns the bounds of a realm's blocks: from low on, and below high.
func (s scope) blocks() (low, high int64) { return blockOf(s.row(0)), blockOf((s + 1).row(0)) }

// half is one half of a summary, and the longest groups that are taken down in it.
type half struct {
	bits    []byte
	longest int
}

// gramBit is the bit of the group of n bytes that starts at i.
func gramBit(text string, i, n int) uint32 {
	if n == gramLength {
		h := uint32(text[i])<<16 | uint32(text[i+1])<<8 | uint32(text[i+2])
		return h * 0x9E3779B1 >> (32 - 15)
	}
	h := uint64(n)
	for _, c := range []byte(text[i : i+n]) {
		h = h<<8 | uint64(c)
	}
	return uint32(h * 0x9E3779B97F4A7C15 >> (64 - 15))
}

// sum takes a folded text down; it tells whether that was news.
func (s half) sum(text string) (news bool) {
	for n := gramLength; n <= s.longest; n++ {
		for i := 0; i+n <= len(text); i++ {
			h := gramBit(text, i, n)
			if s.bits[h/8]&(1<<(h%8)) == 0 {
				s.bits[h/8] |= 1 << (h % 8)
				news = true
			}
		}
	}
	return news
}

// may tells whether a text with the term in it may have been taken down. It asks
// for the longest groups first: they tell most.
func (s half) may(term string) bool {
	for n := s.longest; n >= gramLength; n-- {
		for i := 0; i+n <= len(term); i++ {
			h := gramBit(term, i, n)
			if s.bits[h/8]&(1<<(h%8)) == 0 {
				return false
			}
		}
	}
	return true
}

// fill takes everything down.
func (s half) fill() (news bool) {
	for i := range s.bits {
		news = news || s.bits[i] != 0xFF
		s.bits[i] = 0xFF
	}
	return news
}

// sumUser takes all texts of a user down that can be searched.
func (g *grams) sumUser(e *userEntry) (news bool) {
	u, names, rest := e.user, g.names(), g.rest()
	add := func(to half, text string) {
		if to.sum(text) {
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
			news = rest.fill() || news
		case strings.HasPrefix(a.Value, `"`):
			add(rest, core.Fold(unquote(a.Value)))
		}
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
	if err == nil && s.sumUser(e) {
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
	s := &summed{grams: newGrams(block)}
	v, err := t.at(gramsTable, kindKey{}, block)
	switch {
	case err == nil:
		s.bits = bytes.Clone(v.(*grams).bits)
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
