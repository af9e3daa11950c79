package turns

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Places bounds how many calls to another server run at once. Each client, which is
// that of [passwd.ClientOf], holds at most half of the places, and its further calls wait
// behind each other: so a client that calls all the time leaves the other half. Calls
// without a client may hold all. Places is safe for concurrent use.
type Places struct {
	all  *semaphore.Weighted
	half int64

	mu      sync.Mutex
	clients map[string]*share // of those that hold places or wait
}

// share is the half of one client.
type share struct {
	places *semaphore.Weighted
	calls  int // that hold or wait
}

// NewPlaces returns n places.
func NewPlaces(n int) *Places {
	return &Places{all: semaphore.NewWeighted(int64(n)), half: max(1, int64(n)/2), clients: map[string]*share{}}
}

// Take takes a place, and waits for it until ctx ends, with whose error it fails. The
// caller gives the place back.
func (p *Places) Take(ctx context.Context) (give func(), err error) {
	return p.take(ctx, func(of *semaphore.Weighted) error { return of.Acquire(ctx, 1) })
}

// TryTake is Take that does not wait. It reports false if no place is free.
func (p *Places) TryTake(ctx context.Context) (give func(), ok bool) {
	give, err := p.take(ctx, func(of *semaphore.Weighted) error {
		if !of.TryAcquire(1) {
			return passwd.ErrBusy
		}
		return nil
	})
	return give, err == nil
}

func (p *Places) take(ctx context.Context, acquire func(*semaphore.Weighted) error) (give func(), err error) {
	client := passwd.ClientOf(ctx)
	if client == "" {
		return func() { p.all.Release(1) }, acquire(p.all)
	}
	own := p.enter(client)
	if err := acquire(own.places); err != nil {
		p.leave(client, own)
		return nil, err
	}
	if err := acquire(p.all); err != nil {
		own.places.Release(1)
		p.leave(client, own)
		return nil, err
	}
	return func() {
		p.all.Release(1)
		own.places.Release(1)
		p.leave(client, own)
	}, nil
}

// enter returns the client's share, which it makes if the client has none.
func (p *Places) enter(client string) *share {
	p.mu.Lock()
	defer p.mu.Unlock()
	own := p.clients[client]
	if own == nil {
		own = &share{places: semaphore.NewWeighted(p.half)}
		p.clients[client] = own
	}
	own.calls++
	return own
}

// leave ends a call of the client, whose share goes with the last one.
func (p *Places) leave(client string, own *share) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if own.calls--; own.calls == 0 {
		delete(p.clients, client)
	}
}
