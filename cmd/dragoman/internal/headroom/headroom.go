// Package headroom lets a small program collect its garbage less often. The
// runtime collects when the heap has doubled, which for a few megabytes of live
// objects is a hundred times a second under load, and each time costs a look at
// every goroutine. With headroom, at least that much garbage may gather first.
package headroom

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// defaultPercent is the runtime's own: a heap of live objects may double.
const defaultPercent = 100

// Keep lets at least that many bytes of garbage gather between two collections,
// from now on. A memory limit, as of GOMEMLIMIT, still holds. It does nothing for
// 0, and if the environment sets GOGC, which then says what is wanted.
func Keep(bytes int64) {
	if bytes <= 0 || os.Getenv("GOGC") != "" {
		return
	}
	k := &keeper{headroom: uint64(bytes), percent: defaultPercent}
	for i, name := range liveMetrics {
		k.live[i].Name = name
	}
	k.watch()
}

// liveMetrics are what the runtime takes its percentage of.
var liveMetrics = [...]string{"/gc/heap/live:bytes", "/gc/scan/stack:bytes", "/gc/scan/globals:bytes"}

// keeper sets the percentage anew after each collection.
type keeper struct {
	headroom uint64
	percent  int
	live     [len(liveMetrics)]metrics.Sample
}

// watch adjusts after the next collection, which the end of an object that
// nobody holds tells of, and so on.
func (k *keeper) watch() {
	type nobodys struct{ _ *keeper } // a pointer, lest it share its place with others
	runtime.AddCleanup(&nobodys{}, func(k *keeper) {
		k.adjust()
		k.watch()
	}, k)
}

// adjust leaves small changes alone: to set the percentage stops the program for
// some microseconds.
func (k *keeper) adjust() {
	metrics.Read(k.live[:])
	var live uint64
	for i := range k.live {
		live += k.live[i].Value.Uint64()
	}
	percent := percentFor(k.headroom, live)
	if difference := percent - k.percent; difference*10 > k.percent || -difference*10 > k.percent {
		k.percent = percent
		debug.SetGCPercent(percent)
	}
}

// percentFor is how much of live the headroom is, at least the default.
func percentFor(headroom, live uint64) int {
	return max(defaultPercent, int(headroom*100/max(live, 1<<20)))
}
