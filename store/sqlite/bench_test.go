package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/storetest"
)

func BenchmarkStore(b *testing.B) {
	with := func(parameters string) func(*testing.B) core.Store {
		return func(b *testing.B) core.Store { return open(b, filepath.Join(b.TempDir(), "store.db")+parameters) }
	}
	storetest.Benchmark(b, with(""), with("?cache=0"))
}
