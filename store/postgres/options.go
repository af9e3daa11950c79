package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// options is what a DSN says.
type options struct {
	config  *pgx.ConnConfig
	pool    int
	retry   time.Duration
	cache   int64
	timeout timeouts
}

// timeouts are the server's bounds, in the order of their names below.
type timeouts struct{ statement, lock, idle time.Duration }

// parse reads a DSN. What it does not know itself is pgx's to know, or the server's.
func parse(dsn string) (options, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return options{}, errors.New("postgres: the DSN is no URL") // whose text may hold a password
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

// take takes our own parameters out of the query.
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

// into reads a value of any type into its place.
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

// configure sets what every connection is opened with.
func (o *options) configure() {
	set := func(name, value string) {
		if _, said := o.config.RuntimeParams[name]; !said {
			o.config.RuntimeParams[name] = value
		}
	}
	set("application_name", "dragoman")
	set("client_encoding", "UTF8")
	set("statement_timeout", milliseconds(o.timeout.statement))
	set("lock_timeout", milliseconds(o.timeout.lock))
	set("idle_in_transaction_session_timeout", milliseconds(o.timeout.idle))
	if o.config.ConnectTimeout > maxConnect {
		o.config.ConnectTimeout = maxConnect
	}
}

// maxConnect bounds one try to connect, unless connect_timeout says less.
const maxConnect = 5 * time.Second

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// patience is how long an answer may take before the connection is given up for
// lost: longer than the server itself allows a statement. 0 is for ever.
func (o *options) patience() time.Duration {
	bound := o.timeout.statement
	if bound == 0 {
		return 0
	}
	return bound + min(max(bound, time.Second), 10*time.Second)
}
