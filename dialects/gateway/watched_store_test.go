package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
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
	var log strings.Builder
	s := &watchedStore{Store: full, log: slog.New(slog.NewTextHandler(&log, nil))}
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
	full.err = sqlite3.Error{Code: sqlite3.ErrFull}
	for range 3 {
		_ = s.Update(t.Context(), func(core.StoreTx) error { return nil })
	}
	full.err = nil
	for range 3 {
		_ = s.Update(t.Context(), func(core.StoreTx) error { return nil })
	}
	lost, back := strings.Count(log.String(), "the store takes no changes"), strings.Count(log.String(), "the store takes changes again")
	if lost != 3 || back != 3 {
		t.Errorf("three times the store takes no changes: %d lines, and %d for the end:\n%s", lost, back, &log)
	}
}
