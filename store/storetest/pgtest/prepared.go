package pgtest

import (
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// Prepared returns the DSN of a place that prepare has been run on, which no
// other test has for as long as this one runs. Preparing a place costs much more
// than bringing a used one back to the state in which prepare left it, so that is
// what tests mostly get. A process prepares its places in one way only.
func Prepared(t testing.TB, prepare func(dsn string) error) string {
	t.Helper()
	if os.Getenv(dsnVariable) != "" {
		dsn := DSN(t)
		if err := prepare(dsn); err != nil {
			t.Fatal(err)
		}
		return dsn
	}
	Need(t)
	s, _ := shared()
	p, err := s.places.take(s, prepare)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !t.Failed() {
			s.places.give(p)
		}
	})
	return s.place(p)
}

// places are the prepared schemas of a server.
type places struct {
	mu    sync.Mutex
	model string // one that nobody gets: how prepare left it
	reset string // the statements that bring one to its state, with * for the schema
	free  []string
}

// take returns a clean schema.
func (ps *places) take(s *Server, prepare func(dsn string) error) (string, error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.model == "" {
		model, err := s.prepared(prepare)
		if err != nil {
			return "", err
		}
		if ps.reset, err = s.resetTo(model); err != nil {
			return "", err
		}
		ps.model = model
	}
	if n := len(ps.free); n > 0 {
		place := ps.free[n-1]
		ps.free = ps.free[:n-1]
		return place, exec1(s.place(place), ps.reset)
	}
	return s.prepared(prepare)
}

func (ps *places) give(place string) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.free = append(ps.free, place)
}

// prepared makes a schema and prepares it.
func (s *Server) prepared(prepare func(dsn string) error) (string, error) {
	place, err := s.newPlace()
	if err != nil {
		return "", err
	}
	return place, prepare(s.place(place))
}

// resetTo returns the statements that give the tables of a connection's schema
// the rows of the model's, and their sequences the start.
func (s *Server) resetTo(model string) (reset string, err error) {
	const make = `select 'set session_replication_role = replica;' || (
		select string_agg(format('delete from %1$I; insert into %1$I select * from %2$I.%1$I;', tablename, schemaname), '')
		from pg_tables where schemaname = current_schema()) || coalesce((
		select string_agg(format('alter sequence %I restart;', sequencename), '')
		from pg_sequences where schemaname = current_schema()), '')`
	err = with(s.place(model), func(c *pgconn.PgConn) error {
		results, err := c.Exec(background, make).ReadAll()
		if err == nil {
			reset = string(results[0].Rows[0][0])
		}
		return err
	})
	return reset, err
}
