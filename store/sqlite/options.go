//go:build cgo

package sqlite

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// memory is the path of a store that is not kept.
const memory = ":memory:"

// options are the parts of a DSN.
type options struct {
	path string
	// temporary is the folder to remove when the store is closed, or "".
	temporary string
	sync      string // synchronous: FULL, NORMAL or OFF
	cache     int64  // bytes
}

// parse reads what follows "sqlite:" in a DSN.
func parse(dsn string) (options, error) {
	path, query, _ := strings.Cut(dsn, "?")
	params, err := url.ParseQuery(query)
	if err != nil {
		return options{}, fmt.Errorf("sqlite: the parameters of %q: %w", dsn, err)
	}
	if strings.HasPrefix(path, "///") {
		path = path[2:]
	}
	if path != memory && path != "" {
		path = resolved(path)
	}
	o := options{path: path, sync: "FULL", cache: sqldb.DefaultCache}
	for name, values := range params {
		if err := o.set(name, values[len(values)-1]); err != nil {
			return options{}, err
		}
	}
	if o.path == "" {
		return options{}, fmt.Errorf("sqlite: no file name in %q", dsn)
	}
	return o, nil
}

func (o *options) set(name, value string) error {
	switch {
	case name == "sync" && (value == "full" || value == "normal"):
		o.sync = strings.ToUpper(value)
		return nil
	case name == "cache":
		n, err := sqldb.ParseBytes(value)
		o.cache = n
		return err
	}
	return fmt.Errorf("sqlite: unknown parameter or value: %s=%s", name, value)
}

// place puts a store in memory into a temporary folder: only a file can be read by
// some connections while another writes. Nothing of it is ever synced.
func (o *options) place() error {
	if o.path != memory {
		return nil
	}
	folder, err := os.MkdirTemp("", "dragoman-memory-")
	if err != nil {
		return err
	}
	o.temporary, o.sync, o.path = folder, "OFF", filepath.Join(folder, "store.db")
	return nil
}

// uri is the driver's name of the file for the mode ro, rw or rwc. A temporary file gets
// its log from create: the driver makes one before it knows that nothing is to be synced.
func (o *options) uri(mode string) string {
	v := url.Values{}
	v.Set("mode", mode)
	v.Set("_busy_timeout", strconv.FormatInt(busyTimeout.Milliseconds(), 10))
	v.Set("_foreign_keys", "on")
	v.Set("_synchronous", o.sync)
	if mode == "rwc" && o.temporary == "" {
		v.Set("_journal_mode", "WAL")
	}
	if o.temporary != "" && ownVFS != "" {
		v.Set("vfs", ownVFS)
	}
	return "file:" + (&url.URL{Path: o.path}).EscapedPath() + "?" + v.Encode()
}
