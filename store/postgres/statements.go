package postgres

import (
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

// statements are the prepared statements of a connection.
type statements struct {
	known map[string]*statement
	made  int
	// unconfirmed are those that were sent and that the server has not confirmed,
	// in order. A nil is a Sync: the server has skipped what is left before it.
	unconfirmed []*statement
}

// statement is a prepared statement.
type statement struct {
	sql, name   string
	description *pgconn.StatementDescription // nil until the server has confirmed it
}

const (
	// maxStatements is how many statements a connection keeps prepared.
	maxStatements = 256
	// maxText is the length of the longest statement that is worth keeping.
	maxText = 8 << 10
)

// binary is the format of all arguments and results.
var binaryFormat = []int16{1}

// send queues the statement, and what prepares it if need be.
func (ss *statements) send(p *pgconn.Pipeline, sql string, args []any, values [][]byte) {
	if len(sql) > maxText {
		p.SendQueryParams(numbered(sql), values, typesOf(args), binaryFormat, binaryFormat)
		return
	}
	s := ss.known[sql]
	if s == nil {
		s = ss.prepare(p, sql, args)
	}
	if s.description != nil {
		p.SendQueryStatement(s.description, values, binaryFormat, binaryFormat)
	} else {
		p.SendQueryPrepared(s.name, values, binaryFormat, binaryFormat)
	}
}

func (ss *statements) prepare(p *pgconn.Pipeline, sql string, args []any) *statement {
	ss.makeRoom(p)
	ss.made++
	s := &statement{sql: sql, name: "s" + strconv.Itoa(ss.made)}
	ss.known[sql] = s
	ss.unconfirmed = append(ss.unconfirmed, s)
	p.SendPrepare(s.name, numbered(sql), typesOf(args))
	return s
}

// makeRoom drops all statements when there are too many: the few that matter
// come back at once.
func (ss *statements) makeRoom(p *pgconn.Pipeline) {
	if ss.known != nil && len(ss.known) < maxStatements {
		return
	}
	for _, s := range ss.known {
		p.SendDeallocate(s.name)
	}
	ss.known = make(map[string]*statement, maxStatements)
}

// prepared notes that the server has prepared the next one.
func (ss *statements) prepared(d *pgconn.StatementDescription) {
	s := ss.unconfirmed[0]
	ss.unconfirmed = ss.unconfirmed[1:]
	d.Name = s.name
	s.description = d
}

// sync notes that a Sync was queued.
func (ss *statements) sync() { ss.unconfirmed = append(ss.unconfirmed, nil) }

// synced notes that the server has reached a Sync. Statements before it that it
// has not confirmed are not prepared.
func (ss *statements) synced() {
	for {
		s := ss.unconfirmed[0]
		ss.unconfirmed = ss.unconfirmed[1:]
		if s == nil {
			return
		}
		if ss.known[s.sql] == s {
			delete(ss.known, s.sql)
		}
	}
}
