// Package upstream reads a live OnApp panel: all that its API shows, to be imported, and
// whether it knows a credential.
package upstream

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Config says which panel to read. Server.URL, Login and Secret are required.
type Config struct {
	Server vendor.Options
	// Login and Secret are those of an administrator: a password, or an API key and then
	// the address as the login.
	Login, Secret string
	// Realm is where the users go; [core.MainRealm] by default.
	Realm core.Realm
	// Page is how many users are asked for at once; 0 is 100.
	Page int
	// Parallel is how many users are read at once; 0 is 4.
	Parallel int
}

// Upstream is a live panel. It is safe for concurrent use.
type Upstream struct {
	cfg    Config
	client *vendor.Client
	cache  panelCache
}

var _ archive.Live = (*Upstream)(nil)

// New returns the panel. It fails for a configuration with which it could not be asked.
func New(cfg Config) (*Upstream, error) {
	if cfg.Login == "" || cfg.Secret == "" {
		return nil, errors.New("OnApp needs the login and the password or API key of an administrator")
	}
	if cfg.Realm == "" {
		cfg.Realm = core.MainRealm
	}
	if cfg.Page == 0 {
		cfg.Page = 100
	}
	if cfg.Parallel == 0 {
		cfg.Parallel = 4
	}
	client, err := vendor.New(cfg.Server)
	return &Upstream{cfg: cfg, client: client}, err
}

// Hidden implements [archive.Live].
func (u *Upstream) Hidden() []string {
	return []string{
		"passwords: let users log in with --onapp-upstream, or export encrypted_password and password_salt from the panel's database",
		"API keys: the same, or make new keys",
		"locks of accounts after wrong passwords: they end with the move",
		"additional fields' values that are the default, and virtual servers, bills and logs, which stay at the vendor",
	}
}

func basic(login, secret string) http.Header {
	pair := base64.StdEncoding.EncodeToString([]byte(login + ":" + secret))
	return http.Header{"Authorization": {"Basic " + pair}}
}

// get asks for a document; null if the panel does not have it.
func (u *Upstream) get(ctx context.Context, path string, query url.Values) (wire.Value, error) {
	r := vendor.Request{Path: path + ".json", Query: query, Header: basic(u.cfg.Login, u.cfg.Secret), Statuses: []int{http.StatusNotFound}}
	a, err := u.client.Do(ctx, r)
	if err != nil || a.Status == http.StatusNotFound {
		return wire.Value{}, err
	}
	return u.client.JSON(r, a)
}

// object asks for one object.
func (u *Upstream) object(ctx context.Context, path, one string) (wire.Value, error) {
	v, err := u.get(ctx, path, nil)
	if err != nil || v.IsNull() {
		return wire.Value{}, err
	}
	inner, ok := v.Get(one)
	if !ok || inner.Kind() != wire.KindObject {
		return wire.Value{}, u.client.Nonsense(requestOf(path), one, "it is not an object")
	}
	return inner, nil
}

// list asks for a list that has one page.
func (u *Upstream) list(ctx context.Context, path, one string, query url.Values) ([]wire.Value, error) {
	v, err := u.get(ctx, path, query)
	if err != nil || v.IsNull() {
		return nil, err
	}
	if v.Kind() != wire.KindArray {
		return nil, u.client.Nonsense(requestOf(path), "body", "it is not a list")
	}
	all := make([]wire.Value, len(v.Items()))
	for i, item := range v.Items() {
		inner, ok := item.Get(one)
		if !ok || inner.Kind() != wire.KindObject {
			return nil, u.client.Nonsense(requestOf(path), strconv.Itoa(i)+"."+one, "it is not an object")
		}
		all[i] = inner
	}
	return all, nil
}

// pages asks for a list page by page, until one is not full or brings nothing new.
func (u *Upstream) pages(ctx context.Context, path, one string, each func([]wire.Value) error) error {
	seen := map[string]bool{}
	for page := 1; ; page++ {
		items, err := u.list(ctx, path, one, url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(u.cfg.Page)}})
		if err != nil {
			return err
		}
		var fresh []wire.Value
		for _, item := range items {
			if id, _ := item.Get("id"); !seen[id.Text()] {
				seen[id.Text()] = true
				fresh = append(fresh, item)
			}
		}
		if err := each(fresh); err != nil {
			return err
		}
		if len(fresh) == 0 || len(items) != u.cfg.Page {
			return nil
		}
	}
}

func userPath(id int64) string { return "/users/" + strconv.FormatInt(id, 10) }

func requestOf(path string) vendor.Request { return vendor.Request{Path: path + ".json"} }
