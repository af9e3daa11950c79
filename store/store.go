// Package store opens stores by name.
package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
	"github.com/dragoman-gateway/dragoman/store/sqlite"
)

// ErrNewer says that a newer version of the program made or migrated the store.
var ErrNewer = sqldb.ErrNewer

// Open opens the store that the DSN names: "sqlite:PATH" or "sqlite::memory:".
func Open(ctx context.Context, dsn string) (core.Store, error) {
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch scheme {
	case "sqlite":
		return sqlite.Open(ctx, rest)
	}
	return nil, fmt.Errorf("store: %q starts with none of: sqlite:", dsn)
}
