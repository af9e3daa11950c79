package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
)

// watchedStore remembers that a change failed because the store takes none.
type watchedStore struct {
	core.Store
	unwritable atomic.Bool
}

// Update implements [core.Store].
func (s *watchedStore) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	err := s.Store.Update(ctx, fn)
	if err != nil && store.IsUnwritable(err) {
		s.unwritable.Store(true)
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
	probe := &core.Record{Realm: core.MainRealm, Kind: "dragoman.probe", Key: rand.Text()}
	probe.Body = core.NewDocument([]byte(`"` + strings.Repeat("x", probeBytes) + `"`))
	err := s.Update(ctx, func(tx core.StoreTx) error {
		probe.ID, probe.Revision = 0, 1
		return tx.PutRecord(probe)
	})
	if err == nil {
		err = s.Update(ctx, func(tx core.StoreTx) error { return tx.DropRecord(probe.Realm, probe.Kind, probe.ID) })
	}
	if err != nil {
		return errors.Join(errUnwritable, err)
	}
	s.unwritable.Store(false)
	return nil
}
