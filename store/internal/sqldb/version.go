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

// keptStates is about how many states a process may fall behind before it must
// forget all that it has in memory.
const keptStates = 10_000

const (
	selectVersion = "select max(version) from states"
	selectLast    = "select version, writer from states order by version desc limit 1"
	// selectLog asks of the state that is known already only whether it is there.
	selectLog = `select version, writer, case when version > ? then changed end
		from states where version >= ? order by version`
	insertState = "insert into states (version, writer, changed) values (?, ?, ?)"
	dropStates  = "delete from states where version < ?"
)

// beginAt begins a reading transaction and returns the number of the state it sees.
func beginAt(c Conn) (version uint64, err error) {
	if err := c.BeginRead(); err != nil {
		return 0, err
	}
	return versionOf(c)
}

func versionOf(c Conn) (version uint64, err error) {
	err = c.Query(selectVersion, nil, func(r Row) error {
		version = uint64(r.Int(0))
		return nil
	})
	return version, err
}
