package presence

import (
	"context"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

const (
	movePrefix = "move/"
	moveEvery  = 2 * time.Second
)

// Move is an import or an export that is under way.
type Move struct {
	Place
	// What is done: "import", "dry run", "export", "move" or "push".
	What string `json:"what"`
	// Source names what is read or written.
	Source string `json:"source"`
	Progress
	// Report and Rejects are the files on that host with the outcome of each row, and
	// with the rows that were refused; "" for none.
	Report  string `json:"report,omitempty"`
	Rejects string `json:"rejects,omitempty"`
}

// Progress is how far a move is.
type Progress struct {
	Rows     int            `json:"rows"`
	Verdicts map[string]int `json:"verdicts,omitempty"`
	// Read is how many bytes were read of Size; a Size of 0 is unknown.
	Read int64 `json:"read,omitempty"`
	Size int64 `json:"size,omitempty"`
}

// Moves lists the moves under way in a store, at most 50; none in one that keeps no notes.
func Moves(ctx context.Context, s core.Store) ([]Move, error) {
	return list(ctx, s, movePrefix, func(m *Move) *time.Time { return &m.Seen })
}

// MoveKeeper says how far one move is, until End.
type MoveKeeper struct {
	*keeper
	mu   sync.Mutex
	move Move
}

// BeginMove notes that a move begins. Where it runs is filled in.
func BeginMove(s core.Store, m Move, now func() time.Time) *MoveKeeper {
	k := &MoveKeeper{move: m}
	k.move.Place = here(now())
	k.keeper = keep(s, movePrefix, now, moveEvery, k.text)
	return k
}

// Show says how far the move is. The note says so when it is renewed next.
func (k *MoveKeeper) Show(p Progress) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.move.Progress = p
}

// End says that the move is over.
func (k *MoveKeeper) End() { k.end() }

func (k *MoveKeeper) text() any {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.move
}
