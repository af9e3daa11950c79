package passwd

import (
	"context"
	"slices"
	"sync"
)

// clientKey is the context's key of WithClient.
type clientKey struct{}

// WithClient returns a context whose computations wait in the client's own queue: a
// Gate takes turns by client, so that a client with many waits for itself alone. The
// text is opaque, such as a network address. Without one, all share one queue.
func WithClient(ctx context.Context, client string) context.Context {
	return context.WithValue(ctx, clientKey{}, client)
}

// ClientOf returns the client that [WithClient] has named, "" if none.
func ClientOf(ctx context.Context) string {
	client, _ := ctx.Value(clientKey{}).(string)
	return client
}

// Turns hands out a fixed number of slots. Callers that wait for one are served in
// order of arrival within a client, and in turn between clients; see [WithClient]. It is
// safe for concurrent use.
type Turns struct {
	workers, limit int // of slots, and of callers that wait

	mu      sync.Mutex
	free    int
	waiting int
	queues  []*turnQueue // of clients that wait, the next first
}

type turnQueue struct {
	client  string
	waiters []waiter
}

// waiter receives nil with a slot, or ErrBusy.
type waiter chan error

// NewTurns returns the turns of that many slots, for which up to limit callers wait.
func NewTurns(workers, limit int) *Turns {
	return &Turns{workers: workers, limit: max(limit, 0), free: workers}
}

// Take takes a slot, waiting for one if the queue has room. It fails with [ErrBusy] if
// the queue is full, or is filled by others meanwhile, and with ctx's error if that ends
// before.
func (t *Turns) Take(ctx context.Context) error {
	client := ClientOf(ctx)
	w, err := t.takeOrQueue(client)
	if w == nil {
		return err
	}
	select {
	case err := <-w:
		return err
	case <-ctx.Done():
		if !t.leave(client, w) && <-w == nil {
			t.Give()
		}
		return ctx.Err()
	}
}

// takeOrQueue returns a waiter if no slot is free.
func (t *Turns) takeOrQueue(client string) (waiter, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.free > 0 {
		t.free--
		return nil, nil
	}
	if t.waiting >= t.limit && !t.makeRoom(client) {
		return nil, ErrBusy
	}
	w := make(waiter, 1)
	q := t.queue(client)
	q.waiters = append(q.waiters, w)
	t.waiting++
	return w, nil
}

// makeRoom refuses the last waiter of the longest queue, if it stays longer than the
// client's without it: whoever fills the queue cannot keep the others out.
func (t *Turns) makeRoom(client string) bool {
	own, longest := 0, 0
	for i, q := range t.queues {
		if q.client == client {
			own = len(q.waiters)
		}
		if len(q.waiters) > len(t.queues[longest].waiters) {
			longest = i
		}
	}
	if len(t.queues) == 0 || len(t.queues[longest].waiters) <= own+1 {
		return false
	}
	waiters := t.queues[longest].waiters
	waiters[len(waiters)-1] <- ErrBusy
	t.remove(longest, len(waiters)-1)
	return true
}

// queue returns the client's queue, and adds one at the end if there is none.
func (t *Turns) queue(client string) *turnQueue {
	if i := t.find(client); i >= 0 {
		return t.queues[i]
	}
	q := &turnQueue{client: client}
	t.queues = append(t.queues, q)
	return q
}

func (t *Turns) find(client string) int {
	return slices.IndexFunc(t.queues, func(q *turnQueue) bool { return q.client == client })
}

// leave removes a waiter. It reports false if the waiter has been answered.
func (t *Turns) leave(client string, w waiter) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.find(client)
	if i < 0 {
		return false
	}
	j := slices.Index(t.queues[i].waiters, w)
	if j >= 0 {
		t.remove(i, j)
	}
	return j >= 0
}

// remove takes one waiter out of a queue, and an empty queue out of the turns.
func (t *Turns) remove(queue, waiter int) {
	q := t.queues[queue]
	q.waiters = slices.Delete(q.waiters, waiter, waiter+1)
	t.waiting--
	if len(q.waiters) == 0 {
		t.queues = slices.Delete(t.queues, queue, queue+1)
	}
}

// Give hands the slot of a caller of Take to the next client, which then waits for its turn again.
func (t *Turns) Give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queues) == 0 {
		t.free++
		return
	}
	q := t.queues[0]
	q.waiters[0] <- nil
	t.remove(0, 0)
	if len(q.waiters) > 0 {
		t.queues = append(t.queues[1:], q)
	}
}

// queued returns how many callers wait.
func (t *Turns) queued() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting
}
