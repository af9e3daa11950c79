package sqldb

import (
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
)

// queue holds the updates that wait for the writer. Those of each client, which is that of
// [core.ClientOf], take turns with those of others, so that the slow updates of a client
// wait behind each other. It is safe for concurrent use.
type queue struct {
	mu      sync.Mutex
	added   sync.Cond            // of one that waits, or closed
	waiting map[string][]*change // by client, in order of arrival
	turns   []string             // the clients that have some, the next one first
	n       int                  // how many wait
	closed  bool
}

func newQueue() *queue {
	q := &queue{waiting: map[string][]*change{}}
	q.added.L = &q.mu
	return q
}

func (q *queue) add(c *change) {
	client := core.ClientOf(c.ctx)
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.waiting[client]
	if len(list) == 0 {
		q.turns = append(q.turns, client)
	}
	q.waiting[client] = append(list, c)
	q.n++
	q.added.Signal()
}

// wait removes the next update, which it waits for; nil if the queue was closed and is empty.
func (q *queue) wait() *change {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.turns) == 0 && !q.closed {
		q.added.Wait()
	}
	return q.remove()
}

// next removes the next update; nil if none waits.
func (q *queue) next() *change {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.remove()
}

func (q *queue) remove() *change {
	if len(q.turns) == 0 {
		return nil
	}
	client := q.turns[0]
	q.turns = q.turns[1:]
	q.n--
	list := q.waiting[client]
	if len(list) == 1 {
		delete(q.waiting, client)
	} else {
		q.waiting[client] = list[1:]
		q.turns = append(q.turns, client)
	}
	return list[0]
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.n
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.added.Signal()
}
