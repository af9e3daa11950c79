package tlscert

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/caddyserver/certmagic"

	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store"
)

// newStorages returns two programs' storages in one store, and their clock.
func newStorages(t *testing.T) (a, b *Storage, clock *coretest.Clock) {
	t.Helper()
	s, err := store.Open(context.Background(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	clock = coretest.NewClock()
	return NewStorage(s, clock.Now), NewStorage(s, clock.Now), clock
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestStorageIsWhatCertmagicWants does the same with certmagic's own storage, of files.
func TestStorageIsWhatCertmagicWants(t *testing.T) {
	t.Parallel()
	ours, _, _ := newStorages(t)
	ctx := context.Background()
	for name, s := range map[string]certmagic.Storage{"store": ours, "files": &certmagic.FileStorage{Path: t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			for _, key := range []string{"certificates/ca/a.example/a.crt", "certificates/ca/a.example/a.key", "certificates/ca/b.example/b.crt", "acme/user"} {
				must(t, s.Store(ctx, key, []byte("old "+key)))
				must(t, s.Store(ctx, key, []byte(key)))
			}
			if got, err := s.Load(ctx, "acme/user"); err != nil || string(got) != "acme/user" {
				t.Errorf("%s: %v", got, err)
			}
			for _, missing := range []string{"acme", "acme/none"} {
				if _, err := s.Load(ctx, missing); err == nil {
					t.Errorf("loads %s", missing)
				}
			}
			if _, err := s.Load(ctx, "none"); !errors.Is(err, fs.ErrNotExist) {
				t.Error(err)
			}
			flat, err := s.List(ctx, "certificates/ca", false)
			if slices.Sort(flat); err != nil || !slices.Equal(flat, []string{"certificates/ca/a.example", "certificates/ca/b.example"}) {
				t.Errorf("%v: %v", flat, err)
			}
			if deep, err := s.List(ctx, "certificates/ca/a.example", true); err != nil || len(deep) != 2 {
				t.Errorf("%v: %v", deep, err)
			}
			if _, err := s.List(ctx, "nothing", true); !errors.Is(err, fs.ErrNotExist) {
				t.Error(err)
			}
			info, err := s.Stat(ctx, "acme/user")
			if err != nil || !info.IsTerminal || info.Size != 9 {
				t.Errorf("%+v: %v", info, err)
			}
			if info, err := s.Stat(ctx, "certificates/ca"); err != nil || info.IsTerminal {
				t.Errorf("%+v: %v", info, err)
			}
			must(t, s.Delete(ctx, "certificates/ca/a.example"))
			must(t, s.Delete(ctx, "never"))
			if s.Exists(ctx, "certificates/ca/a.example/a.crt") || !s.Exists(ctx, "certificates/ca/b.example") {
				t.Error("deleted the wrong keys")
			}
		})
	}
}

func TestALockIsOfOneProgramUntilItsLeaseEnds(t *testing.T) {
	t.Parallel()
	a, b, clock := newStorages(t)
	ctx, cancel := context.WithCancel(context.Background())
	must(t, a.Lock(ctx, "a.example"))
	must(t, a.RenewLockLease(ctx, "a.example", time.Minute))
	cancelled, stop := context.WithCancel(ctx)
	stop()
	if err := b.take(ctx, "a.example", lockLease); !errors.Is(err, errHeld) {
		t.Error(err)
	}
	if err := b.Lock(cancelled, "a.example"); err == nil {
		t.Error("takes the lock that another holds")
	}
	if err := b.Unlock(ctx, "a.example"); err == nil {
		t.Error("ends the lock that another holds")
	}
	clock.Advance(2 * time.Minute)
	must(t, b.Lock(ctx, "a.example"))
	must(t, b.Unlock(ctx, "a.example"))
	must(t, a.Lock(ctx, "a.example"))
	cancel()
}
