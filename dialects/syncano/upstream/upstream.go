// Package upstream reads an instance of a live Syncano server: all that its API shows, to be
// imported, and whether it knows a credential.
package upstream

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Config says which instance to read. Server.URL and AccountKey are required.
type Config struct {
	Server vendor.Options
	// Instance is the name of the instance, "main" by default.
	Instance string
	// AccountKey is the key of an account with full rights in the instance.
	AccountKey string
	// Realm is where the users go; [core.MainRealm] by default.
	Realm core.Realm
	// WithoutFiles leaves out the files of profiles.
	WithoutFiles bool
	// Page is how many objects are asked for at once; 0 is 100, which is the most.
	Page int
}

// Upstream is an instance of a live server. It is safe for concurrent use.
type Upstream struct {
	cfg    Config
	client *vendor.Client
	cache  schemaCache
}

var _ archive.Live = (*Upstream)(nil)

// New returns the server. It fails for a configuration with which it could not be asked.
func New(cfg Config) (*Upstream, error) {
	if cfg.AccountKey == "" {
		return nil, errors.New("the key of an account with full rights in the instance is missing")
	}
	if cfg.Instance == "" {
		cfg.Instance = "main"
	}
	cfg.Instance = strings.ToLower(cfg.Instance)
	if strings.Trim(cfg.Instance, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		return nil, errors.New("the name of the instance has letters, digits and hyphens")
	}
	if cfg.Realm == "" {
		cfg.Realm = core.MainRealm
	}
	if cfg.Page == 0 {
		cfg.Page = 100
	}
	client, err := vendor.New(cfg.Server)
	return &Upstream{cfg: cfg, client: client}, err
}

// Hidden implements [archive.Live].
func (u *Upstream) Hidden() []string {
	files := "files of data objects: upload them again"
	if u.cfg.WithoutFiles {
		files = "uploaded files: import again without --without-files and --dry-run, with a folder for files"
	}
	return []string{
		"passwords of users: let users log in with --syncano-upstream",
		"passwords and keys of accounts, but for the key that was given if its account owns the instance: set new ones",
		"roles of other accounts in the instance: give them again",
		files,
		"classes' numbers, and when groups and users were made: lists keep their order, and profiles their dates",
	}
}

const (
	v1 = "/v1.1/"
	v2 = "/v2/"
)

// instance is the path of the instance in a version.
func (u *Upstream) instance(version string) string {
	return version + "instances/" + u.cfg.Instance + "/"
}

// get asks for a document; null if the server has none there, which only v2 may.
func (u *Upstream) get(ctx context.Context, path string, query url.Values) (wire.Value, error) {
	r := vendor.Request{Path: path, Query: query, Header: header(u.cfg.AccountKey)}
	if strings.HasPrefix(path, v2) {
		r.Statuses = []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound}
	}
	a, err := u.client.Do(ctx, r)
	if status := statusOf(a, err); slices.Contains(r.Statuses, status) {
		return wire.Value{}, nil
	}
	if err != nil {
		return wire.Value{}, err
	}
	return u.parse(r, a)
}

func header(key string) http.Header { return http.Header{"X-Api-Key": {key}} }

// statusOf is the status of an answer, also of one that is not JSON.
func statusOf(a *vendor.Answer, err error) int {
	if err != nil {
		return vendor.Status(err)
	}
	return a.Status
}

func (u *Upstream) parse(r vendor.Request, a *vendor.Answer) (wire.Value, error) {
	v, err := u.client.JSON(r, a)
	if err == nil && v.Kind() != wire.KindObject {
		err = u.client.Nonsense(r, "body", "not an object")
	}
	return v, err
}

// page is a part of a list.
type page struct {
	items []wire.Value
	query url.Values // with which it was asked for
}

// pages asks for a list of v1.1 page by page. Only the parameters of a link to the next page
// count: the list stays where it is.
func (u *Upstream) pages(ctx context.Context, path string, each func(page) error) error {
	query, seen := url.Values{"page_size": {strconv.Itoa(u.cfg.Page)}}, map[string]bool{}
	for !seen[query.Encode()] {
		seen[query.Encode()] = true
		v, err := u.get(ctx, path, query)
		if err != nil {
			return err
		}
		items, _ := v.Get("objects")
		if items.Kind() != wire.KindArray {
			return u.client.Nonsense(vendor.Request{Path: path}, "objects", "it is not a list")
		}
		if err := each(page{items.Items(), query}); err != nil {
			return err
		}
		next, _ := v.Get("next")
		link, ok := next.Str()
		if !ok {
			return nil
		}
		_, text, _ := strings.Cut(link, "?")
		if query, err = url.ParseQuery(text); err != nil {
			return u.client.Nonsense(vendor.Request{Path: path}, "next", "it is not a link")
		}
	}
	return nil
}
