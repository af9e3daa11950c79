// Package presence notes in a store who uses it, so that the console of any process can
// show it: the processes that serve it, and the imports and exports under way.
package presence

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

const (
	// noteTimeout bounds how long anyone waits for a note to be written.
	noteTimeout = 2 * time.Second
	// staleAfter is the age of a note whose process has probably ended.
	staleAfter = time.Minute
	// maxShown bounds a list.
	maxShown = 50
)

// Place is where something runs, and since when.
type Place struct {
	Host    string    `json:"host"`
	Process int       `json:"process"`
	Began   time.Time `json:"began"`
	// Seen is when it was last heard of.
	Seen time.Time `json:"-"`
}

// Stale reports whether the process has probably ended without saying so.
func (p Place) Stale(now time.Time) bool { return now.Sub(p.Seen) > staleAfter }

func here(now time.Time) Place {
	host, _ := os.Hostname() // "" if there is none
	return Place{Host: host, Process: os.Getpid(), Began: now.UTC()}
}

// keeper keeps a note up to date, until end. Who it is about goes on if the note cannot
// be written.
type keeper struct {
	notes core.Noter // nil keeps none
	name  string
	now   func() time.Time
	text  func() any // what it says as JSON
	done  chan struct{}
	ended sync.WaitGroup
}

// keep writes a note now and then each time that so much has passed.
func keep(s core.Store, prefix string, now func() time.Time, every time.Duration, text func() any) *keeper {
	notes, _ := s.(core.Noter)
	k := &keeper{notes: notes, name: prefix + strings.ToLower(rand.Text()), now: now, text: text, done: make(chan struct{})}
	k.ended.Go(func() { k.renew(every) })
	return k
}

func (k *keeper) renew(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		k.write()
		select {
		case <-tick.C:
		case <-k.done:
			return
		}
	}
}

func (k *keeper) write() {
	text, err := json.Marshal(k.text())
	if k.notes == nil || err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), noteTimeout)
	defer cancel()
	_ = k.notes.Note(ctx, core.Note{Name: k.name, At: k.now(), Text: string(text)}) // the next one may succeed
}

// end removes the note.
func (k *keeper) end() {
	close(k.done)
	k.ended.Wait()
	if k.notes == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), noteTimeout)
	defer cancel()
	_ = k.notes.EndNote(ctx, k.name) // it becomes stale, and goes
}

// list reads notes, of which at is where to put when each was written.
func list[T any](ctx context.Context, s core.Store, prefix string, at func(*T) *time.Time) (all []T, err error) {
	notes, ok := s.(core.Noter)
	if !ok {
		return nil, nil
	}
	found, err := notes.Notes(ctx, prefix)
	for _, n := range found[:min(len(found), maxShown)] {
		var v T
		if json.Unmarshal([]byte(n.Text), &v) == nil {
			*at(&v) = n.At
			all = append(all, v)
		}
	}
	return all, err
}
