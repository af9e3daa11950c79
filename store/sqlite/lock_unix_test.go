//go:build cgo && unix

package sqlite

import (
	"errors"
	"os"
	"testing"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

func TestConnectionsOfATemporaryFileNeedNoLocksOfTheSystem(t *testing.T) {
	t.Parallel()
	o := options{path: memory}
	if err := o.place(); err != nil {
		t.Fatal(err)
	}
	e := &engine{options: o}
	defer func() { _ = e.Close() }()
	writer, err := e.connect(true)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := e.connect(false)
	if err != nil {
		t.Fatal(err)
	}
	count := func(want int64) {
		t.Helper()
		err := reader.Query("select count(*) from t", nil, func(r sqldb.Row) error {
			if got := r.Int(0); got != want {
				t.Errorf("the reader sees %d rows, want %d", got, want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	}
	must(writer.Exec("create table t (n)"), reader.BeginRead())
	count(0)
	must(writer.BeginWrite(), writer.Exec("insert into t values (1)"), writer.Commit())
	count(0)
	must(reader.Commit())
	count(1)
	if _, err := os.Stat(o.path + "-shm"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that processes share: %v", err)
	}
	must(reader.Close(), writer.Close())
}
