package bench

import (
	"context"
	"time"
)

// match is an operation and its rivals, which take turns for some rounds.
type match struct {
	op     operation
	sides  []side // the operation first
	rounds int
	length time.Duration // of one side's round
}

// side is a contender with what came of it so far.
type side struct {
	contender
	goal   rival // with the contender's name
	server process
	sum    tally
	memory memory // after the last round
}

// settle is how long each side works before it counts.
const settle = 200 * time.Millisecond

// run plays the rounds. Every other round goes backwards, so that no side always
// follows the same other one.
func (m *match) run(ctx context.Context) error {
	for i := range m.sides {
		if _, err := m.sides[i].round(ctx, min(settle, m.length)); err != nil {
			return err
		}
	}
	if b, ok := m.sides[0].contender.(*besides); ok {
		b.disturbs = tally{}
	}
	for round := range m.rounds {
		for i := range m.sides {
			if round%2 == 1 {
				i = len(m.sides) - 1 - i
			}
			if err := m.sides[i].play(ctx, m.length); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *side) play(ctx context.Context, length time.Duration) error {
	t, err := s.round(ctx, length)
	if err != nil {
		return err
	}
	s.sum.add(t)
	s.memory = s.server.memory()
	return nil
}

func (m *match) close() {
	for _, s := range m.sides {
		s.close()
	}
}
