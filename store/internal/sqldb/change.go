package sqldb

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core"
)

// change is one Update on its way through the writer. Its function runs on the
// goroutine of its caller when the writer gives it its turn. A panic then stays
// there.
type change struct {
	ctx   context.Context
	fn    func(core.StoreTx) error
	state atomic.Int32
	turn  chan *tx   // the transaction to run in
	ran   chan error // how the function ended
	done  chan error // how the change ended
}

// The states of a change.
const (
	waiting int32 = iota
	running       // the writer has called it
	gone          // its caller has given up before
)

// errAbandoned is the error of a function that did not return.
var errAbandoned = errors.New("sqldb: the function of an update did not return")

func newChange(ctx context.Context, fn func(core.StoreTx) error) *change {
	return &change{ctx: ctx, fn: fn, turn: make(chan *tx, 1), ran: make(chan error, 1), done: make(chan error, 1)}
}

// wait runs the change whenever it is its turn and returns its outcome.
func (c *change) wait() error {
	cancelled := c.ctx.Done()
	for {
		select {
		case t := <-c.turn:
			c.run(t)
		case err := <-c.done:
			return err
		case <-cancelled:
			if c.state.CompareAndSwap(waiting, gone) {
				return c.ctx.Err()
			}
			cancelled = nil // the writer has it: it will be known soon how it ends
		}
	}
}

// run runs the function and passes its error to the writer, also when the function
// panics or ends its goroutine.
func (c *change) run(t *tx) {
	err := errAbandoned
	defer func() {
		t.over = true
		c.ran <- err
	}()
	err = c.fn(t)
}

// claim reports whether the change is still wanted.
func (c *change) claim() bool {
	return c.state.CompareAndSwap(waiting, running) || c.state.Load() == running
}

// answer ends the change.
func (c *change) answer(err error) { c.done <- err }
