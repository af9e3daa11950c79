// Package trigram narrows a search for a part of a text to blocks of rows. Such a
// search cannot follow an index, and reading a million users to find one takes a
// second. So for every block of rows with neighbouring numbers there is a Bloom
// filter of the groups of three bytes that occur in their texts, and in names of
// groups of up to five. A block whose filter lacks a group of the term holds no
// match. Filters only grow: they may report too much, never too little.
package trigram

import "errors"

// BlockBits says how many rows a block has: 512.
const BlockBits = 9

const (
	halfSize = 4096         // bytes
	size     = 2 * halfSize // names in the first half, other texts in the second
	// MinTerm is the length of the shortest term that a filter can narrow.
	MinTerm = 3
	// longestName is the longest group of names: many users of a block share short
	// groups, such as those of numbers that are counted up.
	longestName = 5
)

// Block returns the number of the block of a row.
func Block(row int64) int64 { return row >> BlockBits }

// Filter is the filter of one block.
type Filter struct {
	// bits are size bytes, and a byte with the length of the longest group of names.
	// Old filters lack that byte: their groups have MinTerm bytes.
	bits []byte
}

// New returns an empty filter.
func New() *Filter {
	return &Filter{append(make([]byte, size, size+1), longestName)}
}

var errSize = errors.New("trigram: a stored filter has the wrong size")

// Parse returns the filter that Bytes was of. It keeps b.
func Parse(b []byte) (*Filter, error) {
	if len(b) != size && len(b) != size+1 {
		return nil, errSize
	}
	return &Filter{b}, nil
}

// Bytes returns the form to store, which must not be changed.
func (f *Filter) Bytes() []byte { return f.bits }

// Clone returns a copy.
func (f *Filter) Clone() *Filter { return &Filter{append([]byte(nil), f.bits...)} }

// Size is about how many bytes of memory it takes.
func (f *Filter) Size() int64 { return size + 256 }

// Names returns the half for names.
func (f *Filter) Names() Half {
	longest := MinTerm
	if len(f.bits) > size {
		longest = int(f.bits[size])
	}
	return Half{f.bits[:halfSize], longest}
}

// Others returns the half for all other texts.
func (f *Filter) Others() Half { return Half{f.bits[halfSize:size], MinTerm} }

// Half is a Bloom filter with one hash.
type Half struct {
	bits    []byte
	longest int // group that is added
}

// hash returns the bit of the group of n bytes that starts at i.
func hash(text string, i, n int) uint32 {
	if n == MinTerm {
		h := uint32(text[i])<<16 | uint32(text[i+1])<<8 | uint32(text[i+2])
		return h * 0x9E3779B1 >> (32 - 15)
	}
	h := uint64(n)
	for _, c := range []byte(text[i : i+n]) {
		h = h<<8 | uint64(c)
	}
	return uint32(h * 0x9E3779B97F4A7C15 >> (64 - 15))
}

// Add adds a folded text. It reports whether the filter has changed.
func (h Half) Add(text string) (changed bool) {
	for n := MinTerm; n <= h.longest; n++ {
		for i := 0; i+n <= len(text); i++ {
			bit := hash(text, i, n)
			if h.bits[bit/8]&(1<<(bit%8)) == 0 {
				h.bits[bit/8] |= 1 << (bit % 8)
				changed = true
			}
		}
	}
	return changed
}

// MayContain reports whether a text that contains the term may have been added. It
// looks for the longest groups first: they are the rarest.
func (h Half) MayContain(term string) bool {
	for n := h.longest; n >= MinTerm; n-- {
		for i := 0; i+n <= len(term); i++ {
			bit := hash(term, i, n)
			if h.bits[bit/8]&(1<<(bit%8)) == 0 {
				return false
			}
		}
	}
	return true
}

// Fill makes the half match every term. It reports whether it has changed.
func (h Half) Fill() (changed bool) {
	for i := range h.bits {
		changed = changed || h.bits[i] != 0xFF
		h.bits[i] = 0xFF
	}
	return changed
}
