package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
)

// watchedStore remembers that a change failed because the store takes none, and logs
// when that begins and ends.
type watchedStore struct {
	core.Store
	log        *slog.Logger
	unwritable atomic.Bool
	probing    sync.Mutex
}

// Update implements [core.Store].
func (s *watchedStore) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	err := s.Store.Update(ctx, fn)
	switch {
	case err != nil && store.IsUnwritable(err):
		if !s.unwritable.Swap(true) {
			s.log.Error("the store takes no changes", "error", err.Error())
		}
	case err == nil && s.unwritable.Load():
		_ = s.checkWritable(context.WithoutCancel(ctx))
	}
	return err
}

// errUnwritable says that the store can be read, at most.
var errUnwritable = errors.New("the store cannot be written")

// probeBytes is the size of a change that must succeed before the store counts as
// writable again: on a disk that is nearly full a small one often does.
const probeBytes = 64 << 10

// checkWritable fails while the store takes no changes. Only after a change has
// failed does it try one.
func (s *watchedStore) checkWritable(ctx context.Context) error {
	if !s.unwritable.Load() {
		return nil
	}
	if !s.probing.TryLock() {
		return errUnwritable // another call tries
	}
	defer s.probing.Unlock()
	probe := &core.Record{Realm: core.MainRealm, Kind: "dragoman.probe", Key: rand.Text()}
	probe.Body = core.NewDocument([]byte(`"` + strings.Repeat("x", probeBytes) + `"`))
	err := s.Store.Update(ctx, func(tx core.StoreTx) error {
		probe.ID, probe.Revision = 0, 1
		return tx.PutRecord(probe)
	})
	if err == nil {
		err = s.Store.Update(ctx, func(tx core.StoreTx) error { return tx.DropRecord(probe.Realm, probe.Kind, probe.ID) })
	}
	if err != nil {
		return errors.Join(errUnwritable, err)
	}
	if s.unwritable.Swap(false) {
		s.log.Info("the store takes changes again")
	}
	return nil
}
