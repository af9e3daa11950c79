package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// schema is the schema of a database, be there any or not.
type schema struct{ options }

// goose migrates through connections that may take their time. Nothing of it is
// done twice, so that preparing it would not pay.
func (s schema) goose() sqldb.Goose {
	config := s.config.Copy()
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	for _, name := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		config.RuntimeParams[name] = "0"
	}
	return sqldb.Goose{
		Dialect: goose.DialectPostgres,
		Folder:  "postgres",
		Open:    func() (*sql.DB, error) { return stdlib.OpenDB(*config), nil },
	}
}

// Status lists the migrations; all are pending where there is no store yet.
func (s schema) Status(ctx context.Context) (list []sqldb.Migration, err error) {
	err = s.with(ctx, func(c *pgconn.PgConn) error {
		g := s.goose()
		version, err := versionOf(ctx, c)
		switch {
		case err != nil:
			return err
		case version == 0:
			list, err = g.Pending()
		default:
			list, err = g.Status(ctx)
		}
		return err
	})
	return list, err
}

// migrationLock is the number of the lock under which a schema is brought up,
// that of all dragoman's stores in a database.
const migrationLock = 0x647261676f6d616e

// Up brings the schema up.
func (s schema) Up(ctx context.Context) (list []sqldb.Migration, err error) {
	err = s.with(ctx, func(c *pgconn.PgConn) error {
		list, err = s.up(ctx, c)
		return err
	})
	return list, err
}

// up brings the schema up while it holds a lock on the connection. Of several
// processes that do so at once one does it, and the others wait for it.
func (s schema) up(ctx context.Context, c *pgconn.PgConn) (list []sqldb.Migration, err error) {
	if err := s.writable(ctx, c); err != nil {
		return nil, err
	}
	lock := "set statement_timeout = 0; set lock_timeout = 0; select pg_advisory_lock(%d); reset statement_timeout; reset lock_timeout"
	if err := c.Exec(ctx, fmt.Sprintf(lock, migrationLock)).Close(); err != nil {
		return nil, err
	}
	list, err = s.goose().Up(ctx)
	if err != nil {
		return nil, err // the lock goes with the connection
	}
	return list, c.Exec(ctx, fmt.Sprintf("select pg_advisory_unlock(%d)", migrationLock)).Close()
}

// writable tells why no table could be made, if so.
func (s schema) writable(ctx context.Context, c *pgconn.PgConn) error {
	why, err := value(ctx, c, `select case
		when current_setting('transaction_read_only') = 'on' then 1
		when current_schema() is null then 2
		when not has_schema_privilege(current_schema(), 'create') then 3
		else 0 end`)
	if err != nil || why == 0 {
		return err
	}
	return fmt.Errorf("%w: %s", sqldb.ErrNotWritable, [...]string{
		1: "the database only reads", 2: "search_path names no schema", 3: "the user may not create tables",
	}[why])
}

// prepare brings the schema up, if it is not, and sweeps the store.
func (s schema) prepare(ctx context.Context, c *pgconn.PgConn) error {
	version, err := versionOf(ctx, c)
	if err == nil && version != s.goose().Latest() {
		_, err = s.up(ctx, c)
	}
	if err != nil {
		return err
	}
	return c.Exec(ctx, dropOld).Close()
}

// with runs fn on a connection of its own.
func (s schema) with(ctx context.Context, fn func(*pgconn.PgConn) error) (err error) {
	c, err := newEngine(s.options).connect(ctx)
	if err != nil {
		return s.named(err)
	}
	defer func() { err = errors.Join(err, c.Close(ctx)) }()
	return s.named(fn(c))
}

// named says of which store an error speaks, without its password.
func (s schema) named(err error) error {
	if err == nil {
		return nil
	}
	if e := refusalOf(err); e != nil && (e.Code == codeReadOnly || e.Code == codePrivilege) {
		err = fmt.Errorf("%w: %w", sqldb.ErrNotWritable, err)
	}
	return fmt.Errorf("postgres: %s: %w", s.config.Database, err)
}

// versionOf is the schema's version, 0 if there is none.
func versionOf(ctx context.Context, c *pgconn.PgConn) (int64, error) {
	made, err := value(ctx, c, "select count(*) from pg_tables where schemaname = current_schema() and tablename = '"+goose.DefaultTablename+"'")
	if err != nil || made == 0 {
		return 0, err
	}
	return value(ctx, c, "select coalesce(max(version_id), 0) from "+goose.DefaultTablename+" where is_applied")
}

func value(ctx context.Context, c *pgconn.PgConn, sql string) (int64, error) {
	results, err := c.Exec(ctx, sql).ReadAll()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(results[0].Rows[0][0]), 10, 64)
}
