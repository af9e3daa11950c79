package pgtest

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Server is a private PostgreSQL server, which can be stopped and started.
type Server struct {
	folder   string // holds the socket, the log and the data
	binaries string
	settings []string
	process  *exec.Cmd
	exited   chan struct{}
	guard    io.Closer // the server ends when this is closed, with the process at the latest
	schemas  atomic.Int64
	pool     schemaPool
}

// The settings of all servers, and those of one without fsync.
var (
	always = []string{
		"listen_addresses=", "max_connections=200", "shared_buffers=64MB", "wal_level=minimal", "max_wal_senders=0",
		"log_min_messages=warning", "lc_messages=C", "timezone=UTC",
	}
	quick = []string{"fsync=off", "full_page_writes=off", "autovacuum=off", "max_wal_size=4GB"}
)

// timeout is how long a server may take to start or to stop.
const timeout = 60 * time.Second

// Start starts a server that ends with the test. If durable, it answers a commit
// when the data is on disk.
func Start(t testing.TB, durable bool) *Server {
	t.Helper()
	settings := quick
	if durable {
		settings = nil
	}
	s, err := start(settings)
	if err != nil {
		missing(t, err)
	}
	t.Cleanup(func() { _ = s.guard.Close() })
	return s
}

// DSN returns the DSN of an empty schema on the server.
func (s *Server) DSN(t testing.TB) string {
	t.Helper()
	place, err := s.newSchema()
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Log())
	}
	return s.schemaDSN(place)
}

// newSchema creates an empty schema.
func (s *Server) newSchema() (string, error) {
	schema := fmt.Sprintf("test_%d", s.schemas.Add(1))
	return schema, exec1(s.url(nil), "create schema "+schema)
}

// schemaDSN is the DSN of a schema.
func (s *Server) schemaDSN(schema string) string { return s.url(url.Values{"search_path": {schema}}) }

func (s *Server) url(more url.Values) string {
	query := url.Values{"host": {s.folder}}
	for name, values := range more {
		query[name] = values
	}
	return (&url.URL{Scheme: "postgres", User: url.User(role), Path: "/postgres", RawQuery: query.Encode()}).String()
}

// Stop shuts the server down: clients are notified, the log is written.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.end(t, os.Interrupt)
}

// Crash ends the server at once, as when its machine fails. The next start recovers
// what was on disk.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	s.end(t, immediate)
}

func (s *Server) end(t testing.TB, signal os.Signal) {
	t.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.exited:
	case <-time.After(timeout):
		t.Fatalf("the server does not stop\n%s", s.Log())
	}
}

// Start starts a stopped server again, on the same data.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

// Log returns the server's log.
func (s *Server) Log() string {
	text, _ := os.ReadFile(filepath.Join(s.folder, "log"))
	return string(text)
}

// answers waits until the server accepts connections.
func (s *Server) answers() error {
	for end := time.Now().Add(timeout); ; time.Sleep(5 * time.Millisecond) {
		err := exec1(s.url(nil), "")
		if err == nil {
			return nil
		}
		select {
		case <-s.exited:
		default:
			if time.Now().Before(end) {
				continue
			}
		}
		return fmt.Errorf("%w\n%s", err, s.Log())
	}
}

// background is the context of everything that timeout bounds.
var background = context.Background()

// exec1 runs statements on a new connection.
func exec1(dsn, sql string) error {
	return with(dsn, func(c *pgconn.PgConn) error { return c.Exec(background, sql).Close() })
}

// with runs fn on a new connection.
func with(dsn string, fn func(*pgconn.PgConn) error) error {
	ctx, cancel := context.WithTimeout(background, timeout)
	defer cancel()
	c, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	return fn(c)
}
