package console

import (
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/presence"
)

// shownProcess is a process that serves the store.
type shownProcess struct {
	presence.Process
	// Behind is how many commits it has not read yet. It reads them before it answers.
	Behind uint64
	Stale  bool
}

// processes lists the processes that serve the store; none if only this one can.
func processes(v *visit) (shown []shownProcess, err error) {
	if v.cfg.Processes == nil {
		return nil, nil
	}
	all, err := v.cfg.Processes(v.r.Context())
	newest := uint64(0)
	for _, p := range all {
		newest = max(newest, p.Version)
	}
	now := v.cfg.Directory.Now()
	for _, p := range all {
		shown = append(shown, shownProcess{p, newest - p.Version, p.Stale(now)})
	}
	return shown, err
}

// shownMove is an import or an export under way.
type shownMove struct {
	presence.Move
	Percent   int64 // of the bytes of the source; -1 if it is not known
	PerSecond int64 // rows
	Stale     bool
}

func moves(v *visit) (shown []shownMove, err error) {
	if v.cfg.Moves == nil {
		return nil, nil
	}
	all, err := v.cfg.Moves(v.r.Context())
	now := v.cfg.Directory.Now()
	for _, m := range all {
		s := shownMove{Move: m, Percent: -1, Stale: m.Stale(now)}
		if m.Size > 0 {
			s.Percent = min(100*m.Read/m.Size, 100)
		}
		if took := m.Seen.Sub(m.Began); took >= time.Second {
			s.PerSecond = int64(float64(m.Rows) / took.Seconds())
		}
		shown = append(shown, s)
	}
	return shown, err
}

// beginMove shows others what this console does, until end.
func beginMove(v *visit, what, source string) (end func()) {
	if v.cfg.BeginMove == nil {
		return func() {}
	}
	return v.cfg.BeginMove(presence.Move{What: what, Source: source}).End
}
