package sqldb

import (
	"context"
	"errors"
	"sync"
	"time"
)

// pool is the connections that views read through. They are opened when first
// needed; the one used last is used next, since its memory is warm.
type pool struct {
	engine Engine
	slots  chan struct{} // one for each connection in use

	mu    sync.Mutex
	idle  []Conn
	extra int // connections in use beyond the slots
}

// overdue is how long a view waits for a connection before one too many is
// opened: views inside views could otherwise wait for each other for ever.
const overdue = 200 * time.Millisecond

func newPool(e Engine) *pool {
	return &pool{engine: e, slots: make(chan struct{}, e.Readers())}
}

// take waits for a connection.
func (p *pool) take(ctx context.Context) (Conn, error) {
	select {
	case p.slots <- struct{}{}:
	default:
		if err := p.wait(ctx); err != nil {
			return nil, err
		}
	}
	if c := p.pop(); c != nil {
		return c, nil
	}
	c, err := p.engine.Connect(background, false)
	if err != nil {
		p.free()
		return nil, err
	}
	return c, nil
}

func (p *pool) wait(ctx context.Context) error {
	late := time.NewTimer(overdue)
	defer late.Stop()
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		p.mu.Lock()
		p.extra++
		p.mu.Unlock()
	}
	return nil
}

func (p *pool) pop() Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	c := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return c
}

// free lets another view have a connection; it tells whether there was one too many.
func (p *pool) free() bool {
	p.mu.Lock()
	if p.extra > 0 {
		p.extra--
		p.mu.Unlock()
		return true
	}
	p.mu.Unlock()
	<-p.slots
	return false
}

// release ends the transaction on the connection and gives it back.
func (p *pool) release(c Conn) {
	if err := c.Rollback(); err != nil {
		p.discard(c)
		return
	}
	p.give(c)
}

// give takes back a connection without a transaction.
func (p *pool) give(c Conn) {
	p.mu.Lock()
	p.idle = append(p.idle, c)
	p.mu.Unlock()
	if p.free() {
		if c := p.pop(); c != nil {
			_ = c.Close()
		}
	}
}

// discard closes a connection that is of no more use.
func (p *pool) discard(c Conn) {
	_ = c.Close()
	p.free()
}

// close closes the connections, none of which is in use.
func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, c := range p.idle {
		errs = append(errs, c.Close())
	}
	p.idle = nil
	return errors.Join(errs...)
}
