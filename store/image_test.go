package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store"
)

func addUser(t testing.TB, s core.Store, name string) {
	t.Helper()
	dir := core.New(core.Config{Store: s})
	err := dir.Update(t.Context(), core.Operator(), func(tx *core.Tx) error { return tx.AddUser(coretest.User(name)) })
	if err != nil {
		t.Fatal(err)
	}
}

func countUsers(t testing.TB, s core.Store) (n int) {
	t.Helper()
	err := s.View(t.Context(), func(tx core.StoreTx) (err error) {
		users, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, Limit: 100})
		n = len(users)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func openOrFail(t testing.TB, open func() (core.Store, error)) core.Store {
	t.Helper()
	s, err := open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestAnImageBeginsStoresThatAreIndependent(t *testing.T) {
	t.Parallel()
	first := openOrFail(t, func() (core.Store, error) { return store.OpenImage(t.Context(), nil) })
	addUser(t, first, "ann")
	image, err := store.Image(first)
	if err != nil {
		t.Fatal(err)
	}
	addUser(t, first, "bob")
	second := openOrFail(t, func() (core.Store, error) { return store.OpenImage(t.Context(), image) })
	third := openOrFail(t, func() (core.Store, error) { return store.OpenImage(t.Context(), image) })
	addUser(t, third, "carl")
	addUser(t, third, "dora")
	for s, want := range map[core.Store]int{first: 2, second: 1, third: 3} {
		if got := countUsers(t, s); got != want {
			t.Errorf("%d users, want %d", got, want)
		}
	}
}

func TestAStoreThatRestsIsAsBefore(t *testing.T) {
	t.Parallel()
	s := openOrFail(t, func() (core.Store, error) { return store.OpenImage(t.Context(), nil) })
	for i, name := range []string{"ann", "bob", "carl"} {
		addUser(t, s, name)
		if err := store.Rest(s); err != nil {
			t.Fatal(err)
		}
		image, err := store.Image(s)
		if err != nil {
			t.Fatal(err)
		}
		copied := openOrFail(t, func() (core.Store, error) { return store.OpenImage(t.Context(), image) })
		if got, in := countUsers(t, s), countUsers(t, copied); got != i+1 || in != i+1 {
			t.Errorf("%d users, %d in its image, want %d", got, in, i+1)
		}
	}
	err := s.View(t.Context(), func(tx core.StoreTx) error {
		if err := store.Rest(s); err != nil {
			return err
		}
		_, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, Limit: 1})
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// An image has all updates that have returned, and none in parts, whatever is in progress.
func TestAnImageIsOfOneMoment(t *testing.T) {
	t.Parallel()
	s := openOrFail(t, func() (core.Store, error) { return store.OpenImage(t.Context(), nil) })
	imageHas := func(want int, when string) {
		t.Helper()
		image, err := store.Image(s)
		if err != nil {
			t.Fatal(err)
		}
		copied := openOrFail(t, func() (core.Store, error) { return store.OpenImage(t.Context(), image) })
		if got := countUsers(t, copied); got != want {
			t.Errorf("%s: %d users, want %d", when, got, want)
		}
	}
	addUser(t, s, "ann")
	imageHas(1, "at rest")
	addUser(t, s, "bob")
	err := s.View(t.Context(), func(tx core.StoreTx) error {
		_, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, Limit: 1})
		addUser(t, s, "carl")
		imageHas(3, "while an older state is read")
		return err
	})
	if err != nil {
		t.Error(err)
	}
	err = core.New(core.Config{Store: s}).Update(t.Context(), core.Operator(), func(tx *core.Tx) error {
		if err := tx.AddUser(coretest.User("dora")); err != nil {
			return err
		}
		imageHas(3, "during an update")
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	imageHas(4, "after it")
}

func TestImagesOfAStoreThatIsChanged(t *testing.T) {
	t.Parallel()
	s := openOrFail(t, func() (core.Store, error) { return store.OpenImage(t.Context(), nil) })
	const users = 60
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range users {
			err := core.New(core.Config{Store: s}).Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
				return tx.AddUser(coretest.User(fmt.Sprint("user", i)))
			})
			if err != nil {
				t.Error(err)
			}
		}
	}()
	last := 0
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		default:
		}
		image, err := store.Image(s)
		if err != nil {
			t.Fatal(err)
		}
		copied, err := store.OpenImage(t.Context(), image)
		if err != nil {
			t.Fatal(err)
		}
		if n := countUsers(t, copied); n < last || ended && n != users {
			t.Errorf("%d users after %d", n, last)
		} else {
			last = n
		}
		if err := copied.Close(); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkImage(b *testing.B) {
	s := openOrFail(b, func() (core.Store, error) { return store.OpenImage(b.Context(), nil) })
	addUser(b, s, "ann")
	image, err := store.Image(s)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(image)))
	for b.Loop() {
		s, err := store.OpenImage(b.Context(), image)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestABoundedStoreIsFullAndServesWhatItHas(t *testing.T) {
	t.Parallel()
	s := openOrFail(t, func() (core.Store, error) { return store.OpenImage(t.Context(), nil, store.MaxBytes(1<<20)) })
	dir, added := core.New(core.Config{Store: s}), 0
	var err error
	for err == nil && added < 5000 {
		err = dir.Update(t.Context(), core.Operator(), func(tx *core.Tx) error {
			u := coretest.User(fmt.Sprintf("user%d", added))
			u.Attributes.Set("long", `"`+strings.Repeat("x", 2000)+`"`)
			return tx.AddUser(u)
		})
		added++
	}
	if core.KindOf(err) != core.Internal {
		t.Fatalf("after %d users: %v", added, err)
	}
	if n := countUsers(t, s); n != 100 {
		t.Errorf("%d users of a page", n)
	}
}
