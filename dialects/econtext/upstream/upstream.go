// Package upstream reads a live server of the eContext Auth API: all that it shows, to be
// imported, and whether it knows a credential.
package upstream

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Config says which server to read. Server.URL, Login and Secret are required.
type Config struct {
	Server vendor.Options
	// Login and Secret are the name and the password of a member of the base application.
	Login, Secret string
	// Realm is where the users go; [core.MainRealm] by default.
	Realm core.Realm
	// Page is how many users are asked for at once; 0 is 200.
	Page int
}

// Upstream is a live server of this API. It is safe for concurrent use.
type Upstream struct {
	cfg    Config
	client *vendor.Client
	header http.Header
}

// New returns the server. It fails for a configuration with which it could not be asked.
func New(cfg Config) (*Upstream, error) {
	if cfg.Login == "" || cfg.Secret == "" {
		return nil, errors.New("eContext needs the login and the password of a member of its base application")
	}
	if cfg.Realm == "" {
		cfg.Realm = core.MainRealm
	}
	if cfg.Page == 0 {
		cfg.Page = 200
	}
	cfg.Server.URL = strings.TrimSuffix(strings.TrimRight(cfg.Server.URL, "/"), "/api")
	client, err := vendor.New(cfg.Server)
	if err != nil {
		return nil, err
	}
	pair := base64.StdEncoding.EncodeToString([]byte(cfg.Login + ":" + cfg.Secret))
	return &Upstream{cfg: cfg, client: client, header: http.Header{"Authorization": {"Basic " + pair}}}, nil
}

// ask sends a request and returns the result in the answer's envelope.
func (u *Upstream) ask(ctx context.Context, r vendor.Request) (wire.Value, error) {
	r.Header = u.header
	a, err := u.client.Do(ctx, r)
	if err != nil {
		return wire.Value{}, err
	}
	body, err := u.client.JSON(r, a)
	if err != nil {
		return wire.Value{}, err
	}
	envelope, _ := body.Get("econtext")
	result, ok := envelope.Get("result")
	if !ok || result.Kind() != wire.KindObject {
		return wire.Value{}, u.client.Nonsense(r, "econtext.result", "it is not an object")
	}
	return result, nil
}

// list asks for a list and returns its items.
func (u *Upstream) list(ctx context.Context, path, key string, query url.Values) ([]wire.Value, error) {
	r := vendor.Request{Path: path, Query: query}
	result, err := u.ask(ctx, r)
	if err != nil {
		return nil, err
	}
	items, _ := result.Get(key)
	if items.Kind() != wire.KindArray {
		return nil, u.client.Nonsense(r, "econtext.result."+key, "it is not a list")
	}
	return items.Items(), nil
}
