package main

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// loader adds the population's users to a directory, in order and in batches, so
// that an interrupted load leaves the first ones.
type loader struct {
	dir        *core.Directory
	population population
	hashes     []string // encoded passwords, in rotation
	batch      uint64   // users in a transaction
	report     func(loadProgress)
}

// loadProgress is the progress of a loader.
type loadProgress struct {
	stored uint64        // users in the store
	added  uint64        // by this loader
	took   time.Duration // for those
}

// errOtherUsers says that a store has users that are not of the population.
var errOtherUsers = errors.New("the store has other users; loading would add users whose password is public")

// fill adds the users that are missing from the first total ones.
func (f *loader) fill(ctx context.Context, total uint64) error {
	from, err := f.stored(ctx, total)
	if err != nil {
		return err
	}
	if from == 0 {
		if err := f.ensureOwnUsers(ctx); err != nil {
			return err
		}
	}
	start := time.Now()
	for batch := range f.batches(ctx, from, total) {
		if err := f.add(ctx, batch); err != nil {
			return err
		}
		stored := batch.first + uint64(len(batch.users))
		f.report(loadProgress{stored: stored, added: stored - from, took: time.Since(start)})
	}
	return ctx.Err()
}

// stored returns how many of the first total users the store has. They were added in
// order, so a binary search finds out.
func (f *loader) stored(ctx context.Context, total uint64) (uint64, error) {
	var failed error
	n := sort.Search(int(total), func(i int) bool {
		has, err := f.has(ctx, uint64(i))
		if failed == nil {
			failed = err
		}
		return !has
	})
	return uint64(n), failed
}

func (f *loader) has(ctx context.Context, i uint64) (has bool, err error) {
	uid := string(f.population.appendUID(nil, i))
	err = f.dir.View(ctx, func(tx *core.Tx) error {
		_, err := tx.User(core.ByUID(core.MainRealm, uid))
		has = err == nil
		if errors.Is(err, core.ErrNotFound) {
			return nil
		}
		return err
	})
	return has, err
}

// ensureOwnUsers fails if there are users. It is called if none of the population
// is stored.
func (f *loader) ensureOwnUsers(ctx context.Context) error {
	return f.dir.View(ctx, func(tx *core.Tx) error {
		users, err := tx.Users(core.UserQuery{Realm: core.MainRealm, Deleted: true, Limit: 1})
		if err == nil && len(users) > 0 {
			return errOtherUsers
		}
		return err
	})
}

// userBatch holds the users of one transaction.
type userBatch struct {
	first uint64
	users []*core.User
}

// batches makes users while earlier ones are stored, until ctx ends.
func (f *loader) batches(ctx context.Context, from, total uint64) <-chan userBatch {
	out := make(chan userBatch, 2)
	go func() {
		defer close(out)
		for first := from; first < total; first += f.batch {
			b := userBatch{first: first}
			for i := first; i < min(first+f.batch, total); i++ {
				b.users = append(b.users, f.population.user(i, f.hashes[i%uint64(len(f.hashes))]))
			}
			select {
			case out <- b:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (f *loader) add(ctx context.Context, b userBatch) error {
	err := f.dir.Update(ctx, core.Operator(), func(tx *core.Tx) error {
		for _, u := range b.users {
			if err := tx.AddUser(u); err != nil {
				return fmt.Errorf("%s: %w", u.Username, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("adding users %d to %d: %w", b.first, b.first+uint64(len(b.users))-1, err)
	}
	return nil
}
