package postgres_test

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/storetest"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// BenchmarkStore runs on a server that waits for the disk.
func BenchmarkStore(b *testing.B) {
	server := pgtest.Start(b, true)
	storetest.Benchmark(b,
		func(b *testing.B) core.Store { return open(b, server.DSN(b)) },
		func(b *testing.B) core.Store { return open(b, server.DSN(b)+"&cache=0") },
	)
}
