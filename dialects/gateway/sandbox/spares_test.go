package sandbox

import (
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
)

func isOpen(t *testing.T, s core.Store) bool {
	t.Helper()
	return s.View(t.Context(), func(tx core.StoreTx) error {
		_, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, Limit: 1})
		return err
	}) == nil
}

func TestASpareIsOpenedOnceAndTakenOnce(t *testing.T) {
	t.Parallel()
	var opened atomic.Int64
	s := spares{open: func(*image) (core.Store, error) { opened.Add(1); return store.OpenImage(t.Context(), nil) }}
	images := make([]*image, maxSpares+1)
	for i := range images {
		images[i] = new(image)
		s.prepare(images[i])
		s.prepare(images[i])
	}
	kept := slices.Clone(s.list)
	if len(kept) != maxSpares || kept[0].image != images[1] {
		t.Fatalf("%d are kept", len(kept))
	}
	for i, spare := range kept {
		if <-spare.made; !isOpen(t, spare.store) {
			t.Errorf("the one of image %d is closed", i+1)
		}
	}
	last := images[maxSpares]
	for _, want := range []int64{maxSpares + 1, maxSpares + 2} {
		got, err := s.take(last)
		if err != nil {
			t.Fatal(err)
		}
		if !isOpen(t, got) || opened.Load() != want {
			t.Errorf("opened %d times, want %d", opened.Load(), want)
		}
		if err := got.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := last.opened.Load(); n != 2 {
		t.Errorf("taken %d times", n)
	}
	s.close()
	for _, spare := range kept {
		if isOpen(t, spare.store) {
			t.Error("one is left open")
		}
	}
}

// A refused creation leaves no files if no sandbox exists.
func TestARefusedCreationLeavesNoSpare(t *testing.T) {
	t.Parallel()
	m := New(Config{})
	if _, err := m.Create(t.Context(), Creation{Settings: map[string]string{"colour": "red"}}); err == nil {
		t.Fatal("an unknown setting was taken")
	}
	if n := len(m.spares.list); n != 0 {
		t.Errorf("%d spares", n)
	}
}

func TestFewSettingsAreKept(t *testing.T) {
	t.Parallel()
	m := New(Config{})
	for i := range maxPrepared + 2 {
		if _, err := m.settings(map[string]string{"max-requests": strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(m.defaults); n > maxPrepared {
		t.Errorf("%d settings are kept", n)
	}
}
