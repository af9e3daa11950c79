package passwd

import "time"

// shortestBackoff is the shortest pause that is worth a timer.
const shortestBackoff = 200 * time.Microsecond

// backoffWeight turns a quarter of a core of other load into a full backoff. It is
// above 1 because others need more than what they got beside a hash: the clients of
// a busy server often run on the same cores.
const backoffWeight = 4

// backoffAfter returns the pause after a computation of length wall, during which
// the process used cpu on all cores for running computations and for other load.
// Without other load it is 0; else it is at most as long as the computation. In
// measurements on two cores it raised reads during a flood of logins from 0.42 to
// 0.7 of their speed.
func backoffAfter(wall, cpu time.Duration, running int64) time.Duration {
	others := cpu - time.Duration(running)*wall
	return min(max(backoffWeight*others, 0), wall)
}
