package sqldb

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
	"github.com/dragoman-gateway/dragoman/store/internal/trigram"
)

// maxIndexed is the length of the longest attribute that is added to a filter:
// longer ones would fill one that is good for many. They fill its half at once.
const maxIndexed = 2048

// filterEntry is the trigram filter of a block of users.
type filterEntry struct {
	block int64
	*trigram.Filter
}

func filterKey(block int64) cache.Key { return cache.Key{Table: tableFilters, Row: block} }

var filtersTable = &table{tableFilters, "grams", "id, bits", func(_ *secrets, r Row, _ kindKey) (cache.Value, error) {
	f, err := trigram.Parse(r.Bytes(1))
	return &filterEntry{r.Int(0), f}, err
}}

// blocks returns the bounds of a realm's blocks: from low on, and below high.
func (s scope) blocks() (low, high int64) {
	return trigram.Block(s.row(0)), trigram.Block((s + 1).row(0))
}

// add adds all texts of a user that can be searched. It reports whether the filter
// has changed.
func (f *filterEntry) add(e *userEntry) (changed bool) {
	u, names, others := e.user, f.Names(), f.Others()
	add := func(to trigram.Half, text string) {
		if to.Add(text) {
			changed = true
		}
	}
	add(names, e.keys.username)
	if u.Email != "" {
		add(names, e.keys.email)
	}
	for _, part := range []string{u.Name.Full(), u.Name.Given, u.Name.Family} {
		add(names, core.Fold(part))
	}
	add(others, core.Fold(u.UID))
	for _, a := range u.Attributes {
		switch {
		case len(a.Value) > maxIndexed:
			changed = others.Fill() || changed
		case strings.HasPrefix(a.Value, `"`):
			add(others, core.Fold(unquote(a.Value)))
		}
	}
	return changed
}

// pendingFilter is a filter that a batch may have added to. It is not undone with
// an update: a filter may report too much.
type pendingFilter struct {
	filterEntry
	changed bool
}

// index adds a user to its block's filter, unless old is found by the same searches.
func (t *tx) index(e, old *userEntry) error {
	if old != nil && e.keys == old.keys && e.user.Name == old.user.Name && e.user.UID == old.user.UID &&
		slices.Equal(e.user.Attributes, old.user.Attributes) {
		return nil
	}
	f, err := t.filter(trigram.Block(e.row))
	if err == nil && f.add(e) {
		f.changed = true
	}
	return err
}

// filter returns the batch's own filter of the block.
func (t *tx) filter(block int64) (*pendingFilter, error) {
	batch := t.change.batch()
	if f := batch.filters[block]; f != nil {
		return f, nil
	}
	f := &pendingFilter{filterEntry: filterEntry{block, nil}}
	v, err := t.at(filtersTable, kindKey{}, block)
	switch {
	case err == nil:
		f.Filter = v.(*filterEntry).Clone()
	case missing(err):
		f.Filter = trigram.New()
	default:
		return nil, err
	}
	batch.filters[block] = f
	return f, nil
}

// flushFilters writes the filters that have changed.
func (c *writeSet) flushFilters() error {
	for block, f := range c.filters {
		if !f.changed {
			continue
		}
		err := c.conn.Exec("insert into grams (id, bits) values (?, ?) on conflict (id) do update set bits = excluded.bits",
			block, f.Bytes())
		if err != nil {
			return err
		}
		c.filtersChanged = append(c.filtersChanged, cache.Change{Key: filterKey(block), Value: &f.filterEntry})
	}
	return nil
}

// withFilters adds the blocks in the bounds that only the batch knows yet.
func (c *writeSet) withFilters(blocks []int64, low, high int64) []int64 {
	for block := range c.batch().filters {
		if block >= low && block < high && !slices.Contains(blocks, block) {
			blocks = append(blocks, block)
		}
	}
	return blocks
}
