package sandbox

import (
	"context"
	"net/http"
	"time"
)

func showClock(s *Sandbox, _ http.ResponseWriter, _ *http.Request) (int, any, error) {
	return http.StatusOK, s.clock, nil
}

// clockChange is what a call does with a clock, in this order.
type clockChange struct {
	Set     time.Time `json:"set,omitzero"`
	Advance Duration  `json:"advance,omitempty"`
	Frozen  *bool     `json:"frozen,omitempty"`
}

func changeClock(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	var c clockChange
	if err := decode(r, &c); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.clock, s.changeClock(r.Context(), c)
}

func (s *Sandbox) changeClock(ctx context.Context, c clockChange) error {
	if err := s.checkClock(ctx, c); err != nil {
		return err
	}
	if !c.Set.IsZero() {
		s.clock.Set(c.Set)
	}
	s.clock.Advance(time.Duration(c.Advance))
	switch {
	case c.Frozen == nil:
	case *c.Frozen:
		s.clock.Freeze()
	default:
		s.clock.Run()
	}
	return nil
}

// checkClock fails if the clock cannot be changed so.
func (s *Sandbox) checkClock(ctx context.Context, c clockChange) error {
	at := s.clock.Now()
	if !c.Set.IsZero() {
		at = c.Set
		if err := checkTime("set", at); err != nil {
			return err
		}
		newest, err := s.newestRow(ctx)
		if err != nil {
			return err
		}
		if at.Before(newest) {
			return invalid("set", "a user was changed at "+newest.UTC().Format(time.RFC3339Nano)+", which would be in the future")
		}
	}
	if c.Advance == 0 {
		return nil
	}
	return checkTime("advance", at.Add(time.Duration(c.Advance)))
}
