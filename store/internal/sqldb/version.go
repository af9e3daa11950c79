package sqldb

import (
	"context"
	"errors"
)

// background is what drivers are given: a context that can end costs some of
// them a goroutine a query. The caller's is asked before.
var background = context.Background()

// errFull says that a sequence has come to its end.
var errFull = errors.New("sqldb: no number is left")

// errForeign says that somebody else has written to a store that is this process's own.
var errForeign = errors.New("sqldb: another process has changed the store")

const selectVersion = "select version from state"

// beginAt begins a reading transaction and returns the number of the state it sees.
func beginAt(c Conn) (version uint64, err error) {
	if err := c.BeginRead(); err != nil {
		return 0, err
	}
	return version, c.Query(selectVersion, nil, func(r Row) error {
		version = uint64(r.Int(0))
		return nil
	})
}
