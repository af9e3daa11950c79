package postgres_test

import (
	"flag"
	"os"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// TestMain makes a quarter of the model's runs, except in the long form: each of them
// opens three stores. A flag -rapid.checks wins, as it is read later.
func TestMain(m *testing.M) {
	if !coretest.Long() {
		if err := flag.Set("rapid.checks", "25"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
