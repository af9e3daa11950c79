package unknown

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// recordKind and recordKey name the record in which the gateways of a store keep together
// what they have counted.
const (
	recordKind = "dragoman.unknown"
	recordKey  = "requests"
)

// forgottenAfter is how long a stored kind is kept that no client asks for any more.
const forgottenAfter = 30 * 24 * time.Hour

// Stored is what gateways have counted together.
type Stored struct {
	Requests []Request `json:"requests"`
	// Lost is the number of requests whose kinds were replaced.
	Lost int64 `json:"lost"`
}

// Save moves what is counted to the store, where it is added to what other gateways have
// saved. If that fails it is counted still.
func (r *Requests) Save(ctx context.Context, store core.Store, now time.Time) error {
	noted := r.take()
	if len(noted.Requests) == 0 {
		return nil
	}
	err := store.Update(ctx, func(tx core.StoreTx) error {
		record, before, err := get(tx)
		if err != nil {
			return err
		}
		var all Requests
		all.addAll(before.since(now.Add(-forgottenAfter)))
		all.addAll(noted)
		return put(tx, record, all.take(), now)
	})
	if err != nil {
		r.addAll(noted)
	}
	return err
}

// Load returns what gateways have saved in the store.
func Load(ctx context.Context, store core.Store) (all Stored, err error) {
	err = store.View(ctx, func(tx core.StoreTx) (err error) {
		_, all, err = get(tx)
		return err
	})
	return all, err
}

// take returns what is counted, the most frequent first, and begins again.
func (r *Requests) take() Stored {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := Stored{r.list(), r.lost}
	r.kinds, r.lost = nil, 0
	return taken
}

func (r *Requests) addAll(more Stored) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range more.Requests {
		r.add(one)
	}
	r.lost += more.Lost
}

// since leaves out what was not asked for since then.
func (s Stored) since(then time.Time) Stored {
	kept := Stored{Requests: []Request{}, Lost: s.Lost}
	for _, one := range s.Requests {
		if !one.Last.Before(then) {
			kept.Requests = append(kept.Requests, one)
		}
	}
	return kept
}

// get returns the record and what it holds; nil and nothing if there is none yet.
func get(tx core.StoreTx) (*core.Record, Stored, error) {
	all := Stored{Requests: []Request{}}
	record, err := tx.GetRecord(core.RecordRef{Realm: core.MainRealm, Kind: recordKind, Key: recordKey})
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil, all, nil
	case err != nil:
		return nil, all, err
	}
	return record, all, json.Unmarshal(record.Body.Text(), &all)
}

// put replaces the record, which is nil if there is none yet.
func put(tx core.StoreTx, before *core.Record, all Stored, now time.Time) error {
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	now = now.UTC().Truncate(time.Microsecond)
	record := &core.Record{Realm: core.MainRealm, Kind: recordKind, Key: recordKey, CreatedAt: now}
	if before != nil {
		record = before.Clone()
	}
	record.Body, record.UpdatedAt, record.Revision = core.NewDocument(text), now, record.Revision+1
	return tx.PutRecord(record)
}
