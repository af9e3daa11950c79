package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

func newTestWriter(t *testing.T) *writer {
	t.Helper()
	e, err := take(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Connect(context.Background(), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), e.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := c.Exec("create table numbers (n integer primary key)"); err != nil {
		t.Fatal(err)
	}
	return c.(*writer)
}

func TestStatementsBehindAreSeenByTheNextQuestion(t *testing.T) {
	w := newTestWriter(t)
	for _, n := range []int64{1, 64, 65, 1000, 1001} {
		if err := w.BeginWrite(); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if err := w.Exec("insert into numbers values (?)", i); err != nil {
				t.Fatal(err)
			}
		}
		var count, sum int64
		err := w.Query("select count(*), sum(n) from numbers", nil, func(r sqldb.Row) error {
			count, sum = r.Int(0), r.Int(1)
			return nil
		})
		if err != nil || count != n || sum != n*(n-1)/2 {
			t.Errorf("of %d numbers there are %d, their sum is %d; %v", n, count, sum, err)
		}
		if err := w.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStatementBehindThatFailsEndsTheTransaction(t *testing.T) {
	w := newTestWriter(t)
	if err := w.BeginWrite(); err != nil {
		t.Fatal(err)
	}
	for i := range int64(500) {
		_ = w.Exec("insert into numbers values (?)", i%400)
	}
	if w.InTx() {
		t.Error("the transaction goes on")
	}
	if err := w.Commit(); err == nil || !strings.Contains(err.Error(), "UNIQUE") {
		t.Errorf("the commit says %v", err)
	}
	if err := w.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.BeginWrite(), w.Exec("insert into numbers values (1)"), w.Commit()); err != nil {
		t.Errorf("the next transaction: %v", err)
	}
}

func TestImportThatFailsLateSaysWhy(t *testing.T) {
	db, _ := openFailing(t, sqldb.CauseOther)
	if err := add(db, "before"); err != nil {
		t.Fatal(err)
	}
	err := db.Update(context.Background(), func(tx core.StoreTx) error {
		for i := range 300 {
			u := &core.User{Realm: core.MainRealm, UID: fmt.Sprint(i), Username: fmt.Sprint(i), Revision: 1}
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return errDisk
	})
	if !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
	holds(t, db, map[string]bool{"before": true})
}
