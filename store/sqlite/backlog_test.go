package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// large is enough statements for a backlog of several chunks.
const large = backlogAfter + 5*backlogChunk + 7

// numbersConn returns a connection to a file with a table of numbers.
func numbersConn(t *testing.T) *conn {
	t.Helper()
	c, err := connect("file:" + t.TempDir() + "/numbers.db?mode=rwc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.Exec("create table numbers (n integer primary key)"); err != nil {
		t.Fatal(err)
	}
	return c
}

// insert inserts numbers from first on.
func insert(t *testing.T, c *conn, first, count int) {
	t.Helper()
	for n := first; n < first+count; n++ {
		if err := c.Exec("insert into numbers (n) values (?)", int64(n)); err != nil {
			t.Fatal(err)
		}
	}
}

func sumOf(c *conn) (n int64, err error) {
	err = c.Query("select count(*) from numbers", nil, func(r sqldb.Row) error {
		n = r.Int(0)
		return nil
	})
	return n, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func holdsNumbers(t *testing.T, c *conn, want int64) {
	t.Helper()
	if n, err := sumOf(c); n != want || err != nil {
		t.Errorf("%d numbers are there, want %d: %v", n, want, err)
	}
}

func TestQuerySeesAllOfALargeChange(t *testing.T) {
	t.Parallel()
	c := numbersConn(t)
	must(t, c.BeginWrite())
	insert(t, c, 1, large)
	holdsNumbers(t, c, large)
	insert(t, c, large+1, large)
	must(t, c.Commit())
	holdsNumbers(t, c, 2*large)
}

// An import asks for something from time to time, and is not small again for that.
func TestQueryLeavesALargeChangeLarge(t *testing.T) {
	t.Parallel()
	c := numbersConn(t)
	must(t, c.BeginWrite())
	insert(t, c, 1, large)
	holdsNumbers(t, c, large)
	insert(t, c, large+1, 1)
	if len(c.backlog.next) != 1 {
		t.Error("the statement behind the query has run at once")
	}
	must(t, c.Commit())
	must(t, c.BeginWrite())
	insert(t, c, large+2, 1)
	if len(c.backlog.next) != 0 {
		t.Error("the statement of the next change waits")
	}
	must(t, c.Commit())
	holdsNumbers(t, c, large+2)
}

// A statement that fails in a large change must not be lost: whatever comes next returns
// its error, until the change is undone.
func TestFailureInALargeChangeIsReturned(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]func(*conn) error{
		"commit": (*conn).Commit, "savepoint": (*conn).Savepoint, "release": (*conn).Release,
		"query": func(c *conn) error { _, err := sumOf(c); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := numbersConn(t)
			must(t, c.BeginWrite())
			insert(t, c, 1, large)
			insert(t, c, large, 1)
			insert(t, c, large+1, large)
			for range 2 {
				if err := next(c); err == nil || !strings.Contains(err.Error(), "UNIQUE") {
					t.Errorf("got %v", err)
				}
			}
			if c.InTx() {
				t.Error("the transaction goes on")
			}
			must(t, c.Rollback())
			holdsNumbers(t, c, 0)
			must(t, c.BeginWrite())
			insert(t, c, 1, large)
			must(t, c.Commit())
			holdsNumbers(t, c, large)
		})
	}
}

func TestSavepointUndoesALargeChange(t *testing.T) {
	t.Parallel()
	c := numbersConn(t)
	must(t, c.BeginWrite())
	insert(t, c, 1, large)
	must(t, c.Savepoint())
	insert(t, c, large+1, large)
	insert(t, c, 1, 1)
	must(t, c.RollbackToSavepoint())
	insert(t, c, large+1, 1)
	must(t, c.Commit())
	holdsNumbers(t, c, large+1)
}

// While rows are read, the connection is in use.
func TestStatementsWithinAQueryRunAtOnce(t *testing.T) {
	t.Parallel()
	c := numbersConn(t)
	must(t, c.BeginWrite())
	must(t, c.Query("select 1", nil, func(sqldb.Row) error {
		insert(t, c, 1, large)
		if len(c.backlog.next) > 0 || c.backlog.chunks != nil {
			t.Error("statements wait")
		}
		return nil
	}))
	holdsNumbers(t, c, large)
	must(t, c.Rollback())
}

// An update that fails late is undone whole, and the store goes on.
func TestLargeUpdateThatFailsIsUndone(t *testing.T) {
	t.Parallel()
	db, f := openFailing(t, sqldb.CauseOther)
	addAll := func() error {
		return db.Update(context.Background(), func(tx core.StoreTx) error {
			for i := range large {
				if err := tx.InsertUser(numbered(i + 1)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	f.commits.Store(1)
	if err := addAll(); err == nil {
		t.Fatal("the commit must fail")
	}
	holds(t, db, nil)
	must(t, addAll())
	if n, err := count(db); n != large || err != nil {
		t.Errorf("%d users, want %d: %v", n, large, err)
	}
}

// An update that fails late takes no other with it that shares its commit.
func TestLargeUpdateThatFailsIsAlone(t *testing.T) {
	t.Parallel()
	s, err := OpenImage(context.Background(), nil, func(o *sqldb.Options) { o.MaxBytes = 1 << 20 })
	must(t, err)
	db := s.(*sqldb.DB)
	t.Cleanup(func() { must(t, db.Close()) })
	running := make(chan struct{})
	small := make(chan error, 1)
	go func() {
		<-running
		small <- db.Update(context.Background(), func(tx core.StoreTx) error { return tx.InsertUser(numbered(large + 1)) })
	}()
	filled := db.Update(context.Background(), func(tx core.StoreTx) error {
		defer func() {
			close(running)
			for db.Stats().Queue == 0 { // the small one shares the commit
				time.Sleep(time.Millisecond)
			}
		}()
		var users []*core.User
		for i := range large {
			users = append(users, numbered(i+1))
		}
		for _, u := range users[large-10:] {
			u.Attributes.Set("note", `"`+strings.Repeat("x", 100<<10)+`"`)
		}
		if err := tx.PrepareInsert(users, nil); err != nil { // as an import, which then asks for nothing
			return err
		}
		for _, u := range users {
			if err := tx.InsertUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	if filled == nil || !strings.Contains(filled.Error(), "full") {
		t.Errorf("the large one: %v", filled)
	}
	if err := <-small; err != nil {
		t.Errorf("the small one: %v", err)
	}
	if n, err := count(db); n != 1 || err != nil {
		t.Errorf("%d users: %v", n, err)
	}
}

func numbered(id int) *core.User {
	name := fmt.Sprint("user", id)
	return &core.User{ID: int64(id), Realm: core.MainRealm, UID: name, Username: name, Revision: 1}
}

func count(db *sqldb.DB) (n int, err error) {
	err = db.View(context.Background(), func(tx core.StoreTx) (err error) {
		n, err = tx.CountUsers(core.UserQuery{Realm: core.MainRealm})
		return err
	})
	return n, err
}
