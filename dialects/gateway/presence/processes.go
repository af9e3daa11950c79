package presence

import (
	"context"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

const (
	processPrefix = "process/"
	processEvery  = 10 * time.Second
)

// Process is a process that serves a store.
type Process struct {
	Place
	// Version is the number of the store's state that it has in memory. It reads the
	// changes since then before it answers.
	Version uint64 `json:"version"`
}

// Processes lists the processes that serve a store, at most 50; none in one that keeps
// no notes.
func Processes(ctx context.Context, s core.Store) ([]Process, error) {
	return list(ctx, s, processPrefix, func(p *Process) *time.Time { return &p.Seen })
}

// Announce notes that this process serves the store, and which state it has in memory,
// until stop.
func Announce(s core.Store, now func() time.Time, version func() uint64) (stop func()) {
	at := here(now())
	k := keep(s, processPrefix, now, processEvery, func() any { return Process{Place: at, Version: version()} })
	return k.end
}
