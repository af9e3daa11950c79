package passwd

import "time"

// shortestRest keeps the gate from setting timers that cost more than they give.
const shortestRest = 200 * time.Microsecond

// restWeight turns a quarter of a core of other work into a full rest. It is
// above 1 since what the others got beside a hash understates what they want:
// the clients of a busy server often need the same cores.
const restWeight = 4

// stopwatch measures one computation, and what the process did beside it.
type stopwatch struct {
	wall    time.Time
	cpu     time.Duration // of the whole process
	running int64         // computations of the gate, this one included
}

func newStopwatch(running int64) stopwatch {
	return stopwatch{wall: time.Now(), cpu: processCPU(), running: running}
}

// rest is how long to leave the core to others now.
func (s stopwatch) rest(stillRunning int64) time.Duration {
	return restAfter(time.Since(s.wall), processCPU()-s.cpu, max(s.running, stillRunning+1))
}

// restAfter is the rest after a computation of length wall, while the process
// used cpu on all cores, for this and running-1 other computations among
// others. With nothing else to do the worker goes on at once; beside other
// work it rests up to as long as it computed. In trials on two cores that
// raised reads beside a login flood from 0.42 to 0.7 of their speed.
func restAfter(wall, cpu time.Duration, running int64) time.Duration {
	others := cpu - time.Duration(running)*wall
	return min(max(restWeight*others, 0), wall)
}
