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
	c := all.add(func() (*conn, error) { opened++; return connect(o.uri("rwc")) })
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
