package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// failing is the engine with commits and savepoints that fail when told to, as on
// a disk that is full.
type failing struct {
	*engine
	commits, releases atomic.Int32
	cause             sqldb.Cause
}

var errDisk = errors.New("the disk is full")

func (f *failing) Connect(ctx context.Context, write bool) (sqldb.Conn, error) {
	c, err := f.engine.Connect(ctx, write)
	if err != nil || !write {
		return c, err
	}
	return &failingConn{c, f}, nil
}

func (f *failing) Cause(err error) sqldb.Cause {
	if errors.Is(err, errDisk) {
		return f.cause
	}
	return f.engine.Cause(err)
}

type failingConn struct {
	sqldb.Conn
	f *failing
}

func (c *failingConn) Commit() error {
	if c.f.commits.Add(-1) >= 0 {
		return errDisk
	}
	return c.Conn.Commit()
}

func (c *failingConn) Release() error {
	if c.f.releases.Add(-1) >= 0 {
		return errDisk
	}
	return c.Conn.Release()
}

func openFailing(t *testing.T, cause sqldb.Cause) (*sqldb.DB, *failing) {
	t.Helper()
	e, err := take(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.migrate(context.Background(), sqldb.Options{}); err != nil {
		t.Fatal(err)
	}
	f := &failing{engine: e, cause: cause}
	db, err := sqldb.New(context.Background(), f, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, f
}

func add(db *sqldb.DB, name string) error {
	return db.Update(context.Background(), func(tx core.StoreTx) error {
		return tx.PutUser(&core.User{Realm: core.MainRealm, UID: name, Username: name, Revision: 1})
	})
}

// addMany adds users at once and returns the names of those that were acknowledged.
func addMany(db *sqldb.DB, n int) map[string]bool {
	var mu sync.Mutex
	kept := map[string]bool{}
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			name := fmt.Sprint("user", i)
			if add(db, name) == nil {
				mu.Lock()
				defer mu.Unlock()
				kept[name] = true
			}
		})
	}
	all.Wait()
	return kept
}

// holds fails unless exactly those users are there, by every way to look.
func holds(t *testing.T, db *sqldb.DB, names map[string]bool) {
	t.Helper()
	err := db.View(context.Background(), func(tx core.StoreTx) error {
		list, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm})
		if err != nil {
			return err
		}
		n, err := tx.CountUsers(core.UserQuery{Realm: core.MainRealm})
		if len(list) != len(names) || n != len(names) {
			t.Errorf("%d users are listed, %d counted; %d were acknowledged", len(list), n, len(names))
		}
		for _, u := range list {
			if !names[u.Username] {
				t.Errorf("%s is there and was not acknowledged", u.Username)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCommitThatFailsIsTriedForEachAlone(t *testing.T) {
	db, f := openFailing(t, sqldb.CauseOther)
	f.commits.Store(3)
	kept := addMany(db, 40)
	if len(kept) < 30 {
		t.Errorf("of 40 updates only %d were kept", len(kept))
	}
	holds(t, db, kept)
}

func TestCommitInTheWayOfAnotherIsTriedAgain(t *testing.T) {
	db, f := openFailing(t, sqldb.CauseConflict)
	f.commits.Store(4)
	if kept := addMany(db, 40); len(kept) != 40 {
		t.Errorf("of 40 updates only %d were kept", len(kept))
	} else {
		holds(t, db, kept)
	}
}

func TestCommitThatAlwaysFailsIsGivenUp(t *testing.T) {
	db, f := openFailing(t, sqldb.CauseConflict)
	f.commits.Store(1 << 20)
	if err := add(db, "ann"); !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
	holds(t, db, nil)
	f.commits.Store(0)
	if err := add(db, "ann"); err != nil {
		t.Error(err)
	}
	holds(t, db, map[string]bool{"ann": true})
}

func TestCommitOfUnknownOutcomeIsNotTriedAgain(t *testing.T) {
	db, f := openFailing(t, sqldb.CauseLost)
	f.commits.Store(1)
	if err := add(db, "ann"); !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
	holds(t, db, nil)
}

func TestSavepointThatFailsBeginsTheBatchAnew(t *testing.T) {
	db, f := openFailing(t, sqldb.CauseConflict)
	f.releases.Store(3)
	if kept := addMany(db, 60); len(kept) != 60 {
		t.Errorf("of 60 updates only %d were kept", len(kept))
	} else {
		holds(t, db, kept)
	}
}

func TestViewsGoOnWhileCommitsFail(t *testing.T) {
	db, f := openFailing(t, sqldb.CauseOther)
	if err := add(db, "ann"); err != nil {
		t.Fatal(err)
	}
	f.commits.Store(1 << 20)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				if err := add(db, "bob"); !errors.Is(err, errDisk) {
					t.Errorf("got %v", err)
				}
				holds(t, db, map[string]bool{"ann": true})
			}
		})
	}
	all.Wait()
}
