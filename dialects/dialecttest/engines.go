package dialecttest

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// Engine is a kind of store to run on.
type Engine struct {
	Name string
	// Open returns an empty store that is closed when the test ends.
	Open func(testing.TB) core.Store
	// Need skips a test where the engine is not to be had, or fails it where it
	// should be; nil is had everywhere.
	Need func(testing.TB)
	// again says that every update runs twice; see RunTwice.
	again bool
}

const sqlite = "sqlite"

// SQLite keeps its store in a temporary folder and does not wait for the disk.
func SQLite() Engine {
	return Engine{Name: sqlite, Open: func(t testing.TB) core.Store {
		files, err := emptyStore()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "store.db")
		for ending, content := range files {
			if err := os.WriteFile(path+ending, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return open(t, "sqlite:"+path+"?sync=normal")
	}}
}

// emptyStore returns the files of an empty SQLite store, by the end of their names.
// Copying them takes a tenth of the time that creating the tables takes.
var emptyStore = sync.OnceValues(func() (_ map[string][]byte, err error) {
	folder, err := os.MkdirTemp("", "dragoman-test-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "store.db")
	if err := prepare("sqlite:" + path); err != nil {
		return nil, err
	}
	files := map[string][]byte{"": nil, ".key": nil}
	for ending := range files {
		if files[ending], err = os.ReadFile(path + ending); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// PostgreSQL keeps its store on a server of the tests' own; see [pgtest]. Only the long
// form of tests runs on it: see [coretest.Long].
func PostgreSQL() Engine {
	return Engine{
		Name: "postgres",
		Open: func(t testing.TB) core.Store { return open(t, pgtest.Prepared(t, prepare)) },
		Need: func(t testing.TB) {
			coretest.NeedLong(t)
			pgtest.Need(t)
		},
	}
}

// prepare makes the tables of a store.
func prepare(dsn string) error {
	s, err := store.Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	return s.Close()
}

// storeVariable names a further store for transcripts to be played on: a DSN in
// which {name} is replaced by a name that no other test has.
const storeVariable = "TEST_DRAGOMAN_STORE"

// Engines returns the engines to play transcripts on: SQLite, SQLite [RunTwice],
// PostgreSQL, and what the environment names in TEST_DRAGOMAN_STORE, as in
// "sqlite:/var/tmp/{name}.db".
func Engines(testing.TB) []Engine {
	engines := []Engine{SQLite(), RunTwice(SQLite()), PostgreSQL()}
	if template := os.Getenv(storeVariable); template != "" {
		engines = append(engines, Engine{Name: storeVariable, Open: func(t testing.TB) core.Store {
			name := "dragoman_test_" + strings.ToLower(rand.Text())
			return open(t, strings.ReplaceAll(template, "{name}", name))
		}})
	}
	return engines
}

func open(t testing.TB, dsn string) core.Store {
	t.Helper()
	s, err := store.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
