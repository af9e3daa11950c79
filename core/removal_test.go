package core_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store"
)

// dropCounter is a store that counts what each transaction removes, and fails all
// transactions once it has made so many.
type dropCounter struct {
	core.Store
	left, most, steps int
}

var errStopped = errors.New("the process was stopped")

func (s *dropCounter) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	if s.left--; s.left < 0 {
		return errStopped
	}
	n := 0
	err := s.Store.Update(ctx, func(tx core.StoreTx) error { n = 0; return fn(dropCounterTx{tx, &n}) })
	if s.most = max(s.most, n); n > 0 {
		s.steps++
	}
	return err
}

type dropCounterTx struct {
	core.StoreTx
	n *int
}

func (t dropCounterTx) DropUser(realm core.Realm, id int64) error {
	*t.n++
	return t.StoreTx.DropUser(realm, id)
}

func (t dropCounterTx) DropRecord(realm core.Realm, kind string, id int64) error {
	*t.n++
	return t.StoreTx.DropRecord(realm, kind, id)
}

func (t dropCounterTx) DropGroup(realm core.Realm, kind string, id int64) error {
	*t.n++
	return t.StoreTx.DropGroup(realm, kind, id)
}

// large is a realm that one step cannot take.
const large core.Realm = "large"

// fill adds to the realm n users, who own records and are members of a group, and n groups.
func fill(t *testing.T, d *core.Directory, realm core.Realm, n int) {
	t.Helper()
	update(t, d, func(tx *core.Tx) error {
		for i := range n {
			u := coretest.User(fmt.Sprintf("user%d", i))
			u.Realm = realm
			if err := tx.AddUser(u); err != nil {
				return err
			}
			for j := range 2 {
				if err := tx.SaveRecord(&core.Record{Realm: realm, Kind: fmt.Sprintf("a.row%d", j), Owner: u.ID, Body: core.NewDocument(nil)}); err != nil {
					return err
				}
			}
			g := &core.Group{Realm: realm, Kind: "a.group", Name: "g", Body: core.NewDocument(nil)}
			if err := tx.SaveGroup(g); err != nil {
				return err
			}
			if _, err := tx.Join(u, g); err != nil {
				return err
			}
		}
		return nil
	})
}

// size counts the users, groups and records of the realm, and reports whether it is listed.
func size(t *testing.T, d *core.Directory, realm core.Realm) (n int, listed bool) {
	t.Helper()
	err := d.View(context.Background(), func(tx *core.Tx) error {
		users, err := tx.CountUsers(core.UserQuery{Realm: realm, Deleted: true})
		if err != nil {
			return err
		}
		n = users
		kinds, err := tx.Kinds(realm)
		if err != nil {
			return err
		}
		for _, kind := range kinds {
			records, err := tx.CountRecords(core.RecordQuery{Realm: realm, Kind: kind})
			if err != nil {
				return err
			}
			groups, err := tx.Groups(core.GroupQuery{Realm: realm, Kind: kind})
			if err != nil {
				return err
			}
			n += records + len(groups)
		}
		all, err := tx.Realms()
		listed = slices.Contains(all, realm)
		if slices.ContainsFunc(all, func(r core.Realm) bool { return r.Reserved() }) {
			t.Errorf("the realms are %v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, listed
}

func begin(t *testing.T, d *core.Directory) {
	t.Helper()
	update(t, d, func(tx *core.Tx) error { return core.BeginRemoval(tx, large) })
}

func TestALargeRealmIsRemovedInSteps(t *testing.T) {
	ctx := context.Background()
	s, err := store.Open(ctx, "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d, _ := coretest.Directory(t, s)
	fill(t, d, large, 300)
	fill(t, d, core.MainRealm, 3)
	begin(t, d)
	if n, listed := size(t, d, large); n != 1200 || listed {
		t.Errorf("a removal that has begun: %d left, listed %v", n, listed)
	}
	for _, transactions := range []int{2, 3, 4} {
		stopped, _ := coretest.Directory(t, &dropCounter{Store: s, left: transactions})
		if err := core.FinishRemoval(ctx, stopped, large); !errors.Is(err, errStopped) {
			t.Fatalf("a removal of which %d transactions are done: %v", transactions, err)
		}
		if n, listed := size(t, d, large); n == 0 || listed {
			t.Errorf("a removal that was stopped: %d left, listed %v", n, listed)
		}
	}
	counted := &dropCounter{Store: s, left: 1000}
	next, _ := coretest.Directory(t, counted)
	for _, again := range []string{"first", "second"} {
		if err := core.FinishRemovals(ctx, next); err != nil {
			t.Fatal(again, err)
		}
	}
	if n, listed := size(t, d, large); n != 0 || !listed {
		t.Errorf("a removal that is done: %d left, listed %v", n, listed)
	}
	if n, _ := size(t, d, core.MainRealm); n != 12 {
		t.Errorf("the other realm has %d left", n)
	}
	if counted.most > 250 || counted.steps < 3 {
		t.Errorf("%d steps removed at most %d each", counted.steps, counted.most)
	}
	fill(t, d, large, 300)
	if err := core.FinishRemovals(ctx, d); err != nil {
		t.Fatal(err)
	}
	if n, _ := size(t, d, large); n != 1200 {
		t.Errorf("of what came after the removal %d are left", n)
	}
}

func TestARealmThatIsUsedAgainHasNothingOfTheOldOne(t *testing.T) {
	d, _ := directory(t)
	fill(t, d, large, 300)
	begin(t, d)
	update(t, d, func(tx *core.Tx) error { return core.EnterRealm(tx, large) })
	if n, listed := size(t, d, large); n != 0 || !listed {
		t.Errorf("%d left, listed %v", n, listed)
	}
	fill(t, d, large, 1)
	if err := core.FinishRemoval(context.Background(), d, large); err != nil {
		t.Fatal(err)
	}
	if n, _ := size(t, d, large); n != 4 {
		t.Errorf("of the new realm %d are left", n)
	}
}

func TestASmallRealmIsRemovedAtOnce(t *testing.T) {
	d, _ := directory(t)
	fill(t, d, large, 5)
	begin(t, d)
	if n, listed := size(t, d, large); n != 0 || !listed {
		t.Errorf("%d left, listed %v", n, listed)
	}
}

// The rights that a realm confers are needed to begin its removal.
func TestARemovalIsDecidedWhenItBegins(t *testing.T) {
	d, _ := directory(t)
	d.AddAuthoritySource(roles{"a"})
	fill(t, d, core.MainRealm, 300)
	admin := coretest.User("admin")
	add(t, d, admin)
	empower(t, d, admin)
	err := d.Update(context.Background(), core.ActingKey("a", nil), func(tx *core.Tx) error { return core.BeginRemoval(tx, core.MainRealm) })
	if core.KindOf(err) != core.Forbidden {
		t.Error(err)
	}
	if err := core.FinishRemovals(context.Background(), d); err != nil {
		t.Error(err)
	}
	if n, listed := size(t, d, core.MainRealm); n != 1202 || !listed {
		t.Errorf("%d left, listed %v", n, listed)
	}
}
