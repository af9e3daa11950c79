package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// options is the content of a DSN.
type options struct {
	config  *pgx.ConnConfig
	pool    int
	retry   time.Duration
	cache   int64
	timeout timeouts
}

// timeouts are those that the server enforces.
type timeouts struct{ statement, lock, idle time.Duration }

// parse reads a DSN. Parameters that it does not know are for pgx or the server.
func parse(dsn string) (options, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return options{}, errors.New("postgres: invalid DSN: not a URL") // its text may hold a password
	}
	o := options{
		pool: max(8, 4*runtime.GOMAXPROCS(0)), retry: 10 * time.Second, cache: sqldb.DefaultCache,
		timeout: timeouts{30 * time.Second, 10 * time.Second, 20 * time.Second},
	}
	query := u.Query()
	if err := o.take(query); err != nil {
		return options{}, err
	}
	u.RawQuery = query.Encode()
	if o.config, err = pgx.ParseConfig(u.String()); err != nil {
		return options{}, fmt.Errorf("postgres: %w", err)
	}
	o.configure()
	return o, nil
}

// take removes the store's own parameters from the query and reads them.
func (o *options) take(query url.Values) error {
	for name, read := range map[string]func(string) error{
		"pool":                                into(&o.pool, count),
		"retry":                               into(&o.retry, duration),
		"cache":                               into(&o.cache, sqldb.ParseBytes),
		"statement_timeout":                   into(&o.timeout.statement, duration),
		"lock_timeout":                        into(&o.timeout.lock, duration),
		"idle_in_transaction_session_timeout": into(&o.timeout.idle, duration),
	} {
		if !query.Has(name) {
			continue
		}
		if err := read(query.Get(name)); err != nil {
			return fmt.Errorf("postgres: the parameter %s=%s: %w", name, query.Get(name), err)
		}
		query.Del(name)
	}
	return nil
}

// into returns a function that reads a text into place.
func into[T any](place *T, read func(string) (T, error)) func(string) error {
	return func(text string) error {
		v, err := read(text)
		if err == nil {
			*place = v
		}
		return err
	}
}

func count(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1000 {
		return 0, errors.New("not a number from 1 to 1000")
	}
	return n, nil
}

func duration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, errors.New("not a duration such as 500ms, 10s or 0")
	}
	return d, nil
}

// configure sets what all connections have in common.
func (o *options) configure() {
	set := func(name, value string) {
		if _, given := o.config.RuntimeParams[name]; !given {
			o.config.RuntimeParams[name] = value
		}
	}
	set("application_name", "dragoman")
	set("client_encoding", "UTF8")
	set("statement_timeout", milliseconds(o.timeout.statement))
	set("lock_timeout", milliseconds(o.timeout.lock))
	set("idle_in_transaction_session_timeout", milliseconds(o.timeout.idle))
	o.config.OnPgError = func(_ *pgconn.PgConn, e *pgconn.PgError) bool { return !closes(e) }
	if o.config.ConnectTimeout > maxConnect {
		o.config.ConnectTimeout = maxConnect
	}
}

// maxConnect bounds one try to connect, unless connect_timeout says less.
const maxConnect = 5 * time.Second

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// readTimeout is how long the server may be silent before the connection counts
// as lost: longer than the server allows a statement. 0 is no timeout.
func (o *options) readTimeout() time.Duration {
	bound := o.timeout.statement
	if bound == 0 {
		return 0
	}
	return bound + min(max(bound, time.Second), 10*time.Second)
}
