package main

import (
	"context"
	"time"
)

// comparison is an operation and its baselines, measured in alternating rounds.
type comparison struct {
	op     operation
	series []series // the operation first
	rounds int
	length time.Duration // of one round of a series
}

// series is a workload with its results so far.
type series struct {
	workload
	goal   baseline // with the workload's name
	server process
	sum    counts
	memory memory // after the last round
}

// warmUpTime is how long each series runs before it is measured.
const warmUpTime = 200 * time.Millisecond

// run measures the rounds. Every other round is in reverse order, so that no
// series always follows the same other one.
func (m *comparison) run(ctx context.Context) error {
	for i := range m.series {
		if _, err := m.series[i].round(ctx, min(warmUpTime, m.length)); err != nil {
			return err
		}
	}
	if b, ok := m.series[0].workload.(*withBackground); ok {
		b.backgroundCounts = counts{}
	}
	for round := range m.rounds {
		for i := range m.series {
			if round%2 == 1 {
				i = len(m.series) - 1 - i
			}
			if err := m.series[i].measure(ctx, m.length); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *series) measure(ctx context.Context, length time.Duration) error {
	t, err := s.round(ctx, length)
	if err != nil {
		return err
	}
	s.sum.add(t)
	s.memory = s.server.memory()
	return nil
}

func (m *comparison) close() {
	for _, s := range m.series {
		s.close()
	}
}
