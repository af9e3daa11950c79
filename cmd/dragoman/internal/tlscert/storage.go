package tlscert

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/certmagic"

	"github.com/dragoman-gateway/dragoman/core"
)

// storageKind is of the records that certificates, keys and locks are kept in.
const storageKind = "dragoman.tls"

// SecretKinds returns the kind of record whose bodies are secret: they hold private keys.
func SecretKinds() []core.SecretKind { return []core.SecretKind{{Kind: storageKind, Body: true}} }

// How long a lock lasts that is not renewed, as of a program that was killed, and how
// often another one looks whether it is free.
const (
	lockLease = 2 * time.Minute
	lockPoll  = 500 * time.Millisecond
)

// Storage keeps what certmagic keeps in a store, so that all programs of the store share
// it. It is safe for concurrent use.
type Storage struct {
	store core.Store
	owner string // of locks
	now   func() time.Time
}

var (
	_ certmagic.Storage          = (*Storage)(nil)
	_ certmagic.LockLeaseRenewer = (*Storage)(nil)
)

// NewStorage returns a Storage in the store.
func NewStorage(store core.Store, now func() time.Time) *Storage {
	return &Storage{store: store, owner: rand.Text(), now: now}
}

// entry is the body of a record.
type entry struct {
	Value []byte    `json:"value,omitempty"`
	Owner string    `json:"owner,omitempty"` // of a lock
	Until time.Time `json:"until,omitzero"`  // of a lock
}

func ref(key string) core.RecordRef {
	return core.RecordRef{Realm: core.MainRealm, Kind: storageKind, Key: key}
}

// get returns the record and its entry; [fs.ErrNotExist] if there is none.
func get(tx core.StoreTx, key string) (*core.Record, entry, error) {
	r, err := tx.GetRecord(ref(key))
	if errors.Is(err, core.ErrNotFound) {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, entry{}, err
	}
	var e entry
	err = json.Unmarshal(r.Body.Text(), &e)
	return r, e, err
}

// put replaces the record, which is nil if there is none yet.
func (s *Storage) put(tx core.StoreTx, before *core.Record, key string, e entry) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	now := s.now().UTC().Truncate(time.Microsecond)
	r := &core.Record{Realm: core.MainRealm, Kind: storageKind, Key: key, CreatedAt: now}
	if before != nil {
		r = before.Clone()
	}
	r.Body, r.UpdatedAt, r.Revision = core.NewDocument(text), now, r.Revision+1
	return tx.PutRecord(r)
}

// Store implements certmagic.Storage.
func (s *Storage) Store(ctx context.Context, key string, value []byte) error {
	return s.store.Update(ctx, func(tx core.StoreTx) error {
		before, _, err := get(tx, key)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return s.put(tx, before, key, entry{Value: value})
	})
}

// Load implements certmagic.Storage.
func (s *Storage) Load(ctx context.Context, key string) (value []byte, err error) {
	err = s.store.View(ctx, func(tx core.StoreTx) error {
		_, e, err := get(tx, key)
		value = slices.Clone(e.Value)
		return err
	})
	return value, err
}

// Delete implements certmagic.Storage.
func (s *Storage) Delete(ctx context.Context, key string) error {
	return s.store.Update(ctx, func(tx core.StoreTx) error {
		all, err := below(tx, key)
		for _, r := range all {
			err = errors.Join(err, tx.DropRecord(r.Realm, r.Kind, r.ID))
		}
		return err
	})
}

// below returns the records of the key and of all keys below it.
func below(tx core.StoreTx, key string) ([]*core.Record, error) {
	all, err := tx.ListRecords(core.RecordQuery{Realm: core.MainRealm, Kind: storageKind})
	if err != nil {
		return nil, err
	}
	key = strings.TrimSuffix(key, "/")
	return slices.DeleteFunc(slices.Clone(all), func(r *core.Record) bool {
		return r.Key != key && key != "" && !strings.HasPrefix(r.Key, key+"/")
	}), nil
}

func (s *Storage) below(ctx context.Context, key string) (all []*core.Record, err error) {
	err = s.store.View(ctx, func(tx core.StoreTx) error {
		all, err = below(tx, key)
		return err
	})
	if err == nil && len(all) == 0 {
		err = fs.ErrNotExist
	}
	return all, err
}

// Exists implements certmagic.Storage.
func (s *Storage) Exists(ctx context.Context, key string) bool {
	_, err := s.below(ctx, key)
	return err == nil
}

// List implements certmagic.Storage.
func (s *Storage) List(ctx context.Context, path string, recursive bool) (keys []string, err error) {
	all, err := s.below(ctx, path)
	if err != nil {
		return nil, err
	}
	path = strings.TrimSuffix(path, "/")
	for _, r := range all {
		rest := strings.TrimPrefix(strings.TrimPrefix(r.Key, path), "/")
		if first, _, deep := strings.Cut(rest, "/"); deep && !recursive {
			rest = first
		}
		if rest != "" {
			keys = append(keys, strings.TrimPrefix(path+"/"+rest, "/"))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

// Stat implements certmagic.Storage.
func (s *Storage) Stat(ctx context.Context, key string) (certmagic.KeyInfo, error) {
	all, err := s.below(ctx, key)
	if err != nil {
		return certmagic.KeyInfo{}, err
	}
	info := certmagic.KeyInfo{Key: key}
	for _, r := range all {
		if r.Key == key {
			value, err := s.Load(ctx, key)
			return certmagic.KeyInfo{Key: key, Modified: r.UpdatedAt, Size: int64(len(value)), IsTerminal: true}, err
		}
	}
	return info, nil
}

// Lock implements certmagic.Locker.
func (s *Storage) Lock(ctx context.Context, name string) error {
	for {
		switch err := s.take(ctx, name, lockLease); {
		case err == nil:
			return nil
		case !errors.Is(err, errHeld):
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPoll):
		}
	}
}

// RenewLockLease implements certmagic.LockLeaseRenewer.
func (s *Storage) RenewLockLease(ctx context.Context, name string, lease time.Duration) error {
	return s.take(ctx, name, lease)
}

var errHeld = errors.New("tlscert: another program holds the lock")

// take takes or renews the lock unless another program holds it.
func (s *Storage) take(ctx context.Context, name string, lease time.Duration) error {
	key := "locks/" + name
	return s.store.Update(ctx, func(tx core.StoreTx) error {
		before, e, err := get(tx, key)
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		case err == nil && e.Owner != s.owner && s.now().Before(e.Until):
			return errHeld
		}
		return s.put(tx, before, key, entry{Owner: s.owner, Until: s.now().Add(lease)})
	})
}

// Unlock implements certmagic.Locker.
func (s *Storage) Unlock(ctx context.Context, name string) error {
	return s.store.Update(ctx, func(tx core.StoreTx) error {
		r, e, err := get(tx, "locks/"+name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case e.Owner != s.owner:
			return fmt.Errorf("%w: %s", errHeld, name)
		}
		return tx.DropRecord(r.Realm, r.Kind, r.ID)
	})
}
