package sqldb

import (
	"context"
	"errors"
	"sync"
)

// pool is the connections that views read through. They are opened when first
// needed. The one used last is used next, since its caches are warm.
type pool struct {
	engine Engine
	stats  *meter
	slots  chan struct{} // one for each connection in use

	mu   sync.Mutex
	idle []Conn
}

func newPool(e Engine, m *meter) *pool {
	return &pool{engine: e, stats: m, slots: make(chan struct{}, e.Readers())}
}

// take returns a connection that is free, until give, release or discard.
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
		<-p.slots
		return nil, err
	}
	return c, nil
}

func (p *pool) wait(ctx context.Context) error {
	p.stats.waiting.Add(1)
	defer p.stats.waiting.Add(-1)
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
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
	<-p.slots
}

// discard closes a broken connection.
func (p *pool) discard(c Conn) {
	_ = c.Close()
	<-p.slots
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
