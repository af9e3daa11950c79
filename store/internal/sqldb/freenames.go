package sqldb

import (
	"hash/maphash"

	"github.com/dragoman-gateway/dragoman/core"
)

// freeNames knows, of realms that were empty when this process first added to
// them, that a name is surely nobody's. An import asks that of every name it
// brings, and is spared the database's answer. It belongs to the writer.
type freeNames struct {
	seed   maphash.Seed
	realms map[scope]*filter
}

func newFreeNames() *freeNames {
	return &freeNames{maphash.MakeSeed(), map[scope]*filter{}}
}

func (f *freeNames) hash(ref core.UserRef) uint64 {
	if ref.UID != "" {
		return maphash.String(f.seed, ref.UID)
	}
	return maphash.String(f.seed, ref.Handle.Value) ^ maphash.String(f.seed, ref.Handle.Kind)
}

// surely tells whether nobody in the realm has, or ever had, the name.
func (f *freeNames) surely(realm scope, ref core.UserRef) bool {
	names := f.realms[realm]
	return names != nil && !names.has(f.hash(ref))
}

// watch begins to take down the names of a realm that has no users.
func (f *freeNames) watch(realm scope) {
	if f.realms[realm] == nil {
		f.realms[realm] = &filter{}
	}
}

// add takes down a name. A realm that has grown too large is no longer watched.
func (f *freeNames) add(realm scope, ref core.UserRef) {
	names := f.realms[realm]
	if names == nil {
		return
	}
	names.add(f.hash(ref))
	if names.size() > maxNames {
		delete(f.realms, realm)
	}
}

// forget stops watching: others may have added names.
func (f *freeNames) forget() { clear(f.realms) }

// maxNames is how many names of a realm are taken down, in 2 bytes each.
const maxNames = 32 << 20

// filter is a Bloom filter that grows: each layer has four times the names of
// the one before it, and is asked with the others.
type filter struct{ layers []layer }

type layer struct {
	bits        []uint64
	names, room int
}

const (
	firstRoom   = 4096
	bitsPerName = 16
	probes      = 4
)

func (f *filter) add(h uint64) {
	n := len(f.layers)
	if n == 0 || f.layers[n-1].names == f.layers[n-1].room {
		room := firstRoom << (2 * n)
		f.layers = append(f.layers, layer{bits: make([]uint64, room*bitsPerName/64), room: room})
		n++
	}
	l := &f.layers[n-1]
	l.names++
	for p := range l.places(h) {
		l.bits[p/64] |= 1 << (p % 64)
	}
}

func (f *filter) has(h uint64) bool {
	for i := range f.layers {
		if f.layers[i].has(h) {
			return true
		}
	}
	return false
}

func (l *layer) has(h uint64) bool {
	for p := range l.places(h) {
		if l.bits[p/64]&(1<<(p%64)) == 0 {
			return false
		}
	}
	return true
}

// places are the bits that stand for a name.
func (l *layer) places(h uint64) func(func(uint64) bool) {
	mask, step := uint64(len(l.bits)*64-1), h>>32|1
	return func(yield func(uint64) bool) {
		for i := uint64(0); i < probes; i++ {
			if !yield((h + i*step) & mask) {
				return
			}
		}
	}
}

func (f *filter) size() (n int) {
	for _, l := range f.layers {
		n += l.names
	}
	return n
}
