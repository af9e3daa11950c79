package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "github.com/mattn/go-sqlite3"    // registers "sqlite3"

	"github.com/dragoman-gateway/dragoman/core/archive"
)

// querySource is the answer of --query.
func (c *importCmd) querySource(ctx context.Context) (*importSource, error) {
	db, err := openDatabase(c.From)
	if err != nil {
		return nil, exitError{exitUsage, err}
	}
	s := &importSource{name: redactDSN(c.From), table: true, close: func() { _ = db.Close() }}
	s.open = func() (archive.Source, error) {
		rows, err := db.QueryContext(ctx, c.Query)
		if err != nil {
			return nil, fmt.Errorf("%s", redactError(err, c.From))
		}
		columns, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		s.head = archive.HeadingLine(columns)
		return archive.NewTable(&queryRows{rows: rows, columns: columns, dsn: c.From}, c.table)
	}
	return s, nil
}

// openDatabase opens the database that a URL names.
func openDatabase(dsn string) (*sql.DB, error) {
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch scheme {
	case "postgres", "postgresql":
		return sql.Open("pgx", dsn)
	case "sqlite":
		return sql.Open("sqlite3", "file:"+(&url.URL{Path: rest}).EscapedPath()+"?mode=ro")
	case "mysql":
		return openMySQL(dsn)
	}
	return nil, fmt.Errorf("--from: %q is not a kind of database; known are mysql, postgres and sqlite", scheme)
}

// openMySQL takes a URL, as the others do: mysql://USER:PASSWORD@HOST/DATABASE, or
// with ?socket=PATH instead of a host.
func openMySQL(dsn string) (*sql.DB, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, fmt.Errorf("--from: not a URL such as mysql://USER@HOST/DATABASE")
	}
	cfg := mysql.NewConfig()
	cfg.User, cfg.DBName = u.User.Username(), strings.TrimPrefix(u.Path, "/")
	cfg.Passwd, _ = u.User.Password()
	cfg.Net, cfg.Addr = "tcp", u.Host
	if u.Port() == "" {
		cfg.Addr = u.Hostname() + ":3306"
	}
	if socket := u.Query().Get("socket"); socket != "" {
		cfg.Net, cfg.Addr = "unix", socket
	}
	cfg.ParseTime = true
	cfg.Logger = new(mysql.NopLogger) // its errors are returned, too
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, fmt.Errorf("--from: %w", err)
	}
	return sql.OpenDB(connector), nil
}

// queryRows are the rows of a query as texts.
type queryRows struct {
	rows    *sql.Rows
	columns []string
	dsn     string
	row     int
}

// Columns implements archive.Rows.
func (q *queryRows) Columns() []string { return q.columns }

// Next implements archive.Rows. A row's line is its number.
func (q *queryRows) Next() ([]archive.Cell, int, error) {
	q.row++
	if !q.rows.Next() {
		if err := q.rows.Err(); err != nil {
			return nil, q.row, fmt.Errorf("row %d: the database ended its answer: %s", q.row, redactError(err, q.dsn))
		}
		return nil, q.row, io.EOF
	}
	values := make([]any, len(q.columns))
	for i := range values {
		values[i] = new(any)
	}
	if err := q.rows.Scan(values...); err != nil {
		return nil, q.row, err
	}
	cells := make([]archive.Cell, len(values))
	for i, v := range values {
		cells[i] = cellOf(*v.(*any))
	}
	return cells, q.row, nil
}

func cellOf(v any) archive.Cell {
	switch v := v.(type) {
	case nil:
		return archive.Cell{}
	case []byte:
		return archive.Cell{Text: string(v), Valid: true}
	case time.Time:
		return archive.Cell{Text: v.UTC().Format(time.RFC3339Nano), Valid: true}
	}
	return archive.Cell{Text: fmt.Sprint(v), Valid: true}
}
