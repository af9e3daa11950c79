package gateway

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/mattn/go-sqlite3"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
)

// fullStore fails to write until there is space.
type fullStore struct {
	core.Store
	err error
}

func (s *fullStore) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	if s.err != nil {
		return fmt.Errorf("commit: %w", s.err)
	}
	return s.Store.Update(ctx, fn)
}

func TestAStoreIsWatchedForWritesThatFail(t *testing.T) {
	opened, err := store.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	full := &fullStore{Store: opened}
	s := &watchedStore{Store: full}
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, true}, {errors.New("a handler's own"), true}, {sqlite3.Error{Code: sqlite3.ErrFull}, false}, {sqlite3.Error{Code: sqlite3.ErrIoErr}, false},
		{nil, true},
	} {
		full.err = c.err
		_ = s.Update(t.Context(), func(core.StoreTx) error { return nil })
		for range 2 {
			if err := s.checkWritable(t.Context()); (err == nil) != c.want {
				t.Errorf("after %v: %v", c.err, err)
			}
		}
	}
	full.err = sqlite3.Error{Code: sqlite3.ErrFull}
	_ = s.Update(t.Context(), func(core.StoreTx) error { return nil })
	full.err = nil
	if err := s.checkWritable(t.Context()); err != nil {
		t.Errorf("with space again: %v", err)
	}
}
