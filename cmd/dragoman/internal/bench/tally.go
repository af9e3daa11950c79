package bench

import "time"

// tally is what came out of a time of load; tallies of several rounds add up.
type tally struct {
	done    uint64 // answered as they are to be
	failed  uint64 // answered otherwise, or not at all
	bytes   uint64 // of the answers' bodies
	took    time.Duration
	cpu     time.Duration // of the server's process
	own     time.Duration // of this process, which makes the load
	latency histogram
	failure error // the first
}

func (t *tally) add(other *tally) {
	t.done += other.done
	t.failed += other.failed
	t.bytes += other.bytes
	t.took += other.took
	t.cpu += other.cpu
	t.own += other.own
	t.latency.add(&other.latency)
	if t.failure == nil {
		t.failure = other.failure
	}
}

func (t *tally) rate() float64 { return perSecond(t.done, t.took) }
