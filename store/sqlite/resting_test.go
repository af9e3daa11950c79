//go:build cgo

package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

func TestAConnectionRestsWhenItIsNotUsed(t *testing.T) {
	t.Parallel()
	o, opened := options{path: filepath.Join(t.TempDir(), "a.db"), sync: "OFF"}, 0
	all := new(restingConns)
	c := all.connect(false, func(bool) (*conn, error) { opened++; return connect(o.uri("rwc")) })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	rests := func(want bool) {
		t.Helper()
		closed, err := all.rest()
		must(err)
		if closed != want {
			t.Errorf("closed: %v", closed)
		}
	}
	rests(true)
	must(c.Rollback())
	must(c.Checkpoint())
	if opened != 0 || c.InTx() {
		t.Errorf("opened %d times before it was used", opened)
	}
	must(c.Exec("create table t (n)"))
	rests(true)
	must(c.BeginWrite())
	must(c.Exec("insert into t values (1)"))
	rests(false)
	must(c.Commit())
	n := int64(0)
	must(c.Query("select n from t", nil, func(r sqldb.Row) error {
		n = r.Int(0)
		rests(false)
		return nil
	}))
	rests(true)
	if n != 1 || opened != 2 {
		t.Errorf("read %d, opened %d times", n, opened)
	}
	must(c.Close())
}

func TestAStoreIsReadThroughOneConnectionBeforeItIsChanged(t *testing.T) {
	t.Parallel()
	o := options{path: filepath.Join(t.TempDir(), "a.db"), sync: "OFF"}
	all, opened := new(restingConns), ""
	open := func(write bool) (*conn, error) {
		opened += map[bool]string{true: "w", false: "r"}[write]
		return connect(o.uri("rwc"))
	}
	nothing := func(sqldb.Row) error { return nil }
	writer := all.connect(true, open)
	err := writer.Query("select 1", nil, nothing)
	reader := all.connect(false, open)
	if err == nil {
		err = reader.Query("select 1", nil, nothing)
	}
	if err != nil || opened != "r" {
		t.Errorf("opened %q, %v", opened, err)
	}
	if err = writer.Exec("create table t (n)"); err == nil {
		err = all.connect(false, open).Query("select n from t", nil, nothing)
	}
	if err != nil || opened != "rwr" {
		t.Errorf("opened %q, %v", opened, err)
	}
	if closed, err := all.rest(); !closed || err != nil {
		t.Errorf("closed: %v, %v", closed, err)
	}
}
