package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// traffic is one kind of request, sent to one server over persistent connections,
// each with one request in flight at a time.
type traffic struct {
	addr    string
	server  process
	request render
	// picks is the number of objects that requests are about. Each request picks a
	// random one or, if inTurn, the next.
	picks  uint64
	inTurn bool
	status int // expected
	conns  int

	slots []*connSlot
	turn  atomic.Uint64
}

// connSlot is a place for a connection, which may be replaced when it breaks.
type connSlot struct {
	moving sync.Mutex // guards client against other goroutines
	client *client
	random *rand.PCG
	counts counts
	ended  time.Time // the last response
}

// connect opens the connections.
func (t *traffic) connect(ctx context.Context) error {
	for i := len(t.slots); i < t.conns; i++ {
		c, err := dial(ctx, t.addr)
		if err != nil {
			return err
		}
		t.slots = append(t.slots, &connSlot{client: c, random: rand.NewPCG(uint64(i), 1)})
	}
	return nil
}

func (t *traffic) close() {
	for _, s := range t.slots {
		s.client.close()
	}
	t.slots = nil
}

// round sends requests for the length, waits for the last responses and returns
// the results. It fails if a connection is lost and cannot be replaced.
func (t *traffic) round(ctx context.Context, length time.Duration) (*counts, error) {
	if err := t.connect(ctx); err != nil {
		return nil, err
	}
	var stop atomic.Bool
	defer context.AfterFunc(ctx, t.abandon)()
	cpu, own, start := t.server.cpu(), self().cpu(), time.Now()
	time.AfterFunc(length, func() { stop.Store(true) })
	err := t.each(func(s *connSlot) error {
		s.counts, s.ended = counts{}, start
		if err := s.client.wait(ctx, length+responseTimeout); err != nil {
			return err
		}
		return t.drive(ctx, s, &stop)
	})
	sum := &counts{}
	for _, s := range t.slots {
		sum.add(&s.counts)
		sum.took = max(sum.took, s.ended.Sub(start))
	}
	sum.cpu, sum.own = t.server.cpu()-cpu, self().cpu()-own
	return sum, err
}

// abandon interrupts all requests in flight.
func (t *traffic) abandon() {
	for _, s := range t.slots {
		s.moving.Lock()
		_ = s.client.conn.SetDeadline(time.Unix(1, 0))
		s.moving.Unlock()
	}
}

// each runs fn for all slots concurrently and returns the first error.
func (t *traffic) each(fn func(*connSlot) error) error {
	var wg sync.WaitGroup
	var once sync.Once
	var first error
	for _, s := range t.slots {
		wg.Go(func() {
			if err := fn(s); err != nil {
				once.Do(func() { first = err })
			}
		})
	}
	wg.Wait()
	return first
}

// drive sends requests until stopped, at least one.
func (t *traffic) drive(ctx context.Context, s *connSlot, stop *atomic.Bool) error {
	for now := time.Now(); s.counts.sent() == 0 || !stop.Load(); now = s.ended {
		turn := t.turn.Add(1) - 1
		s.client.request = t.request(s.client.request[:0], t.pick(s, turn), turn)
		res, err := s.client.send()
		s.ended = time.Now()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			s.counts.fail(err)
		case res.status != t.status:
			s.counts.fail(&unexpected{status: res.status})
		default:
			s.counts.done++
		}
		s.counts.record(s.ended.Sub(now))
		s.counts.bytes += uint64(res.bytes)
		if err != nil || res.close {
			if err := s.reconnect(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *counts) fail(err error) {
	t.failed++
	if t.failure == nil {
		t.failure = err
	}
}

// pick returns the object that a request is about.
func (t *traffic) pick(s *connSlot, turn uint64) uint64 {
	if t.inTurn {
		return turn % t.picks
	}
	return s.random.Uint64() % t.picks
}

// reconnect replaces a connection that the server has closed.
func (s *connSlot) reconnect(ctx context.Context) error {
	s.client.close()
	c, err := dial(ctx, s.client.addr)
	if err != nil {
		return err
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	s.client = c
	return c.wait(ctx, maxTime+responseTimeout)
}

// warmUp sends one request about each of the first n objects, so that what is
// created or cached at the first one exists when the measurement starts. It fails
// at the first unexpected response.
func (t *traffic) warmUp(ctx context.Context, n uint64) error {
	if err := t.connect(ctx); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, t.abandon)()
	var next atomic.Uint64
	return t.each(func(s *connSlot) error {
		for pick := next.Add(1) - 1; pick < n; pick = next.Add(1) - 1 {
			res, body, err := s.client.do(ctx, t.request, pick, t.turn.Add(1)-1)
			if err != nil {
				return err
			}
			if res.status != t.status {
				return &unexpected{res.status, body}
			}
		}
		return ctx.Err()
	})
}
