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

// schema is the schema of a database, which may not exist yet.
type schema struct{ options }

// goose migrates through connections without timeouts. No statement runs twice, so
// none is prepared.
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

// Status lists the migrations. All are pending if there is no store yet.
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

// migrationLock is the key of the advisory lock for migrations, the same for all
// dragoman stores in a database.
const migrationLock = 0x647261676f6d616e

// Up applies the pending migrations.
func (s schema) Up(ctx context.Context) (list []sqldb.Migration, err error) {
	err = s.with(ctx, func(c *pgconn.PgConn) error {
		list, err = s.up(ctx, c)
		return err
	})
	return list, err
}

// up applies the pending migrations under a lock. Of several processes that start
// at once, one migrates and the others wait.
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
		return nil, err // closing the connection releases the lock
	}
	return list, c.Exec(ctx, fmt.Sprintf("select pg_advisory_unlock(%d)", migrationLock)).Close()
}

// writable returns an error if no table can be created, with the reason.
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
		1: "the database is read-only", 2: "search_path names no schema", 3: "the user may not create tables",
	}[why])
}

// prepare migrates the schema if necessary, and drops old rows.
func (s schema) prepare(ctx context.Context, set sqldb.Options) error {
	return s.with(ctx, func(c *pgconn.PgConn) error {
		version, err := versionOf(ctx, c)
		if err == nil && version != s.goose().Latest() {
			if err = s.checkKeys(ctx, version, set); err == nil {
				_, err = s.up(ctx, c)
			}
		}
		if err != nil {
			return err
		}
		return c.Exec(ctx, dropOld).Close()
	})
}

// checkKeys fails for the wrong keys, before anything is changed.
func (s schema) checkKeys(ctx context.Context, version int64, set sqldb.Options) (err error) {
	c, err := newEngine(s.options).Connect(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return s.goose().CheckKeys(c, version, set.Keys)
}

// with runs fn on a new connection.
func (s schema) with(ctx context.Context, fn func(*pgconn.PgConn) error) (err error) {
	c, err := newEngine(s.options).connect(ctx)
	if err != nil {
		return s.named(err)
	}
	defer func() { err = errors.Join(err, c.Close(ctx)) }()
	return s.named(fn(c))
}

// named adds the name of the database to an error. The DSN may hold a password.
func (s schema) named(err error) error {
	if err == nil {
		return nil
	}
	if e := refusalOf(err); e != nil && (e.Code == codeReadOnly || e.Code == codePrivilege) {
		err = fmt.Errorf("%w: %w", sqldb.ErrNotWritable, err)
	}
	return fmt.Errorf("postgres: %s: %w", s.config.Database, err)
}

// versionOf returns the version of the schema, 0 if there is none.
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
