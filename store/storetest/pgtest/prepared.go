package pgtest

import (
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// Prepared returns the DSN of a schema that prepare has been run on, for this test
// alone. Running prepare costs much more than resetting a used schema to the state
// in which prepare left it, so most tests get a used one. All calls of a process
// must pass the same prepare.
func Prepared(t testing.TB, prepare func(dsn string) error) string {
	t.Helper()
	dsn, done := Borrow(t, prepare)
	t.Cleanup(done)
	return dsn
}

// Borrow is [Prepared] for a part of a test, which calls done at its end.
func Borrow(t testing.TB, prepare func(dsn string) error) (dsn string, done func()) {
	t.Helper()
	if os.Getenv(dsnVariable) != "" {
		dsn := DSN(t)
		if err := prepare(dsn); err != nil {
			t.Fatal(err)
		}
		return dsn, func() {}
	}
	Need(t)
	s, _ := shared()
	p, err := s.pool.take(s, prepare)
	if err != nil {
		t.Fatal(err)
	}
	return s.schemaDSN(p), func() {
		if !t.Failed() {
			s.pool.give(p)
		}
	}
}

// schemaPool is the prepared schemas of a server.
type schemaPool struct {
	mu    sync.Mutex
	model string // never handed out: as prepare left it
	reset string // the statements that bring one to its state
	free  []string
}

// take returns a schema in the prepared state.
func (p *schemaPool) take(s *Server, prepare func(dsn string) error) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.model == "" {
		model, err := s.prepared(prepare)
		if err != nil {
			return "", err
		}
		if p.reset, err = s.resetTo(model); err != nil {
			return "", err
		}
		p.model = model
	}
	if n := len(p.free); n > 0 {
		place := p.free[n-1]
		p.free = p.free[:n-1]
		return place, exec1(s.schemaDSN(place), p.reset)
	}
	return s.prepared(prepare)
}

func (p *schemaPool) give(place string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, place)
}

// prepared creates a schema and prepares it.
func (s *Server) prepared(prepare func(dsn string) error) (string, error) {
	place, err := s.newSchema()
	if err != nil {
		return "", err
	}
	return place, prepare(s.schemaDSN(place))
}

// resetTo returns the statements that copy the rows of the model into the tables
// of the current schema, and restart the sequences.
func (s *Server) resetTo(model string) (reset string, err error) {
	const make = `select 'set session_replication_role = replica;' || (
		select string_agg(format('delete from %1$I; insert into %1$I select * from %2$I.%1$I;', tablename, schemaname), '')
		from pg_tables where schemaname = current_schema()) || coalesce((
		select string_agg(format('alter sequence %I restart;', sequencename), '')
		from pg_sequences where schemaname = current_schema()), '')`
	err = with(s.schemaDSN(model), func(c *pgconn.PgConn) error {
		results, err := c.Exec(background, make).ReadAll()
		if err == nil {
			reset = string(results[0].Rows[0][0])
		}
		return err
	})
	return reset, err
}
