// Package drawn keeps the texts that objects were written as, so that an object
// which is shown again and again, as in a list that a client polls, is written
// once and copied from then on.
//
// A text comes with all that it was made of. It is used only by who has the very
// same things in hand, so nothing has to be said when one of them changes, and no
// answer is ever older than the objects that it is made of.
package drawn

import (
	"reflect"
	"sync/atomic"
)

// Bounds of what is kept, 16 MiB in all at most.
const (
	// slotCount is how many texts are kept. Each number has one place, and neighbours
	// have different ones, so a page never gets in its own way.
	slotCount = 2048
	// maxSize is how many bytes a text and what it was made of may take: they stay in
	// memory together, even when the store has let the objects go.
	maxSize = 8 << 10
)

// Texts are the texts kept last. They are safe for concurrent use; an empty one
// is ready for use.
type Texts[T any] struct {
	slots [slotCount]slot[T]
}

type slot[T any] struct {
	seen atomic.Uintptr
	text atomic.Pointer[Text[T]]
}

// Text is what an object was written as. It does not change.
type Text[T any] struct {
	// Of is what it was made of; the caller compares.
	Of    T
	Bytes []byte
}

// Last returns the text that was kept last in the place of the object with that
// number, which may be of another one; nil if there is none.
func (t *Texts[T]) Last(id int64) *Text[T] { return t.slots[place(id)].text.Load() }

// Again tells whether that very object, a pointer, was shown before and no other in
// its place since. What is shown once only, as most of a very long list, or read
// anew each time, is not worth keeping.
func (t *Texts[T]) Again(id int64, object any) bool {
	at := reflect.ValueOf(object).Pointer()
	return t.slots[place(id)].seen.Swap(at) == at
}

// Keep keeps the text of the object with that number, unless it is too large with
// the size of what it was made of. Neither may be changed afterwards.
func (t *Texts[T]) Keep(id int64, of T, size int, text []byte) {
	if size+len(text) <= maxSize {
		t.slots[place(id)].text.Store(&Text[T]{Of: of, Bytes: text})
	}
}

func place(id int64) uint64 { return uint64(id) % slotCount }
