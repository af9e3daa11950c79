package bench

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// traffic is one sort of request, sent to one server over kept connections, each
// of which has one request under way at any time.
type traffic struct {
	addr    string
	server  process
	request render
	// picks is how many targets there are. Each request picks one by chance or,
	// if inTurn, the next, so that none is met twice before all were met once.
	picks  uint64
	inTurn bool
	status int // that answers are to have
	conns  int

	seats []*seat
	turn  atomic.Uint64
}

// seat is a connection's place: the connection may break, the seat stays.
type seat struct {
	moving sync.Mutex // while the client is changed or looked at from outside
	client *client
	random *rand.PCG
	tally  tally
	ended  time.Time // the last answer
}

// connect opens the connections.
func (t *traffic) connect(ctx context.Context) error {
	for i := len(t.seats); i < t.conns; i++ {
		c, err := dial(ctx, t.addr)
		if err != nil {
			return err
		}
		t.seats = append(t.seats, &seat{client: c, random: rand.NewPCG(uint64(i), 1)})
	}
	return nil
}

func (t *traffic) close() {
	for _, s := range t.seats {
		s.client.close()
	}
	t.seats = nil
}

// round sends requests for that long, waits for the last answers, and tells what
// came of it. It fails if a connection is lost and cannot be had again.
func (t *traffic) round(ctx context.Context, length time.Duration) (*tally, error) {
	if err := t.connect(ctx); err != nil {
		return nil, err
	}
	var stop atomic.Bool
	defer context.AfterFunc(ctx, t.abandon)()
	cpu, own, start := t.server.cpu(), self().cpu(), time.Now()
	time.AfterFunc(length, func() { stop.Store(true) })
	err := t.each(func(s *seat) error {
		s.tally, s.ended = tally{}, start
		if err := s.client.wait(ctx, length+patience); err != nil {
			return err
		}
		return t.drive(ctx, s, &stop)
	})
	sum := &tally{}
	for _, s := range t.seats {
		sum.add(&s.tally)
		sum.took = max(sum.took, s.ended.Sub(start))
	}
	sum.cpu, sum.own = t.server.cpu()-cpu, self().cpu()-own
	return sum, err
}

// abandon breaks off what is waited for.
func (t *traffic) abandon() {
	for _, s := range t.seats {
		s.moving.Lock()
		_ = s.client.conn.SetDeadline(time.Unix(1, 0))
		s.moving.Unlock()
	}
}

// each runs fn for all seats at once and returns the first error.
func (t *traffic) each(fn func(*seat) error) error {
	var wg sync.WaitGroup
	var once sync.Once
	var first error
	for _, s := range t.seats {
		wg.Go(func() {
			if err := fn(s); err != nil {
				once.Do(func() { first = err })
			}
		})
	}
	wg.Wait()
	return first
}

// drive sends one request after the other until stopped.
func (t *traffic) drive(ctx context.Context, s *seat, stop *atomic.Bool) error {
	for now := time.Now(); !stop.Load(); now = s.ended {
		turn := t.turn.Add(1) - 1
		s.client.request = t.request(s.client.request[:0], t.pick(s, turn), turn)
		res, err := s.client.send()
		s.ended = time.Now()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			s.tally.fail(err)
		case res.status != t.status:
			s.tally.fail(&unexpected{status: res.status})
		default:
			s.tally.done++
		}
		s.tally.latency.record(s.ended.Sub(now))
		s.tally.bytes += uint64(res.bytes)
		if err != nil || res.close {
			if err := s.reconnect(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tally) fail(err error) {
	t.failed++
	if t.failure == nil {
		t.failure = err
	}
}

// pick chooses a target.
func (t *traffic) pick(s *seat, turn uint64) uint64 {
	if t.inTurn {
		return turn % t.picks
	}
	return s.random.Uint64() % t.picks
}

// reconnect sits down again after the server has ended the connection.
func (s *seat) reconnect(ctx context.Context) error {
	s.client.close()
	c, err := dial(ctx, s.client.addr)
	if err != nil {
		return err
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	s.client = c
	return c.wait(ctx, maxTime+patience)
}

// rehearse asks once for each of the first n targets: what is made or kept at
// the first sight of one is there when the measurement starts. It fails at the
// first answer that is not as it is to be.
func (t *traffic) rehearse(ctx context.Context, n uint64) error {
	if err := t.connect(ctx); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, t.abandon)()
	var next atomic.Uint64
	return t.each(func(s *seat) error {
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
