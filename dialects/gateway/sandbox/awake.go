package sandbox

import (
	"slices"
	"sync"

	"github.com/dragoman-gateway/dragoman/store"
)

// maxAwake is how many sandboxes keep the memory and the files that a store needs while
// it is used. Those of the others rest until they are asked again: a process of tests has
// many sandboxes, of which it asks a few at a time.
const maxAwake = 32

// awake are the gateways that were asked last. It is safe for concurrent use.
type awake struct {
	mu   sync.Mutex
	last []*running // the one asked last at the end
}

// note makes r the one asked last. The one that was asked least recently rests if there
// are too many.
func (a *awake) note(r *running) {
	a.mu.Lock()
	n := len(a.last)
	if n > 0 && a.last[n-1] == r {
		a.mu.Unlock()
		return
	}
	a.remove(r)
	a.last = append(a.last, r)
	var rests *running
	if len(a.last) > maxAwake {
		rests = a.last[0]
		a.remove(rests)
	}
	a.mu.Unlock()
	if rests != nil {
		_ = store.Rest(rests.gateway.Store()) // one that is being closed needs none
	}
}

// forget drops a gateway that is not asked any more.
func (a *awake) forget(r *running) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.remove(r)
}

func (a *awake) remove(r *running) {
	if i := slices.Index(a.last, r); i >= 0 {
		a.last = slices.Delete(a.last, i, i+1)
	}
}
