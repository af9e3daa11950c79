package upstream

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// Prove asks the server whether it knows a password, a user key beside the API key that is
// its scope, or an API key, which has no scope. It returns the lines of the user or of the
// API key; nil if the server refuses it.
func (u *Upstream) Prove(ctx context.Context, c core.Credential) ([]*archive.Line, error) {
	r := vendor.Request{Path: u.instance(v1) + "user/", Statuses: []int{http.StatusUnauthorized, http.StatusForbidden}}
	switch {
	case c.Kind == core.CredentialPassword:
		body := wire.Object(wire.Member{Name: "username", Value: wire.String(c.Login)}, wire.Member{Name: "password", Value: wire.String(c.Secret)})
		r.Method, r.Path, r.Body, r.Header = http.MethodPost, r.Path+"auth/", body.JSON(), header(u.cfg.AccountKey)
		r.Statuses = r.Statuses[:1] // an account key that is refused is not a wrong password
	case c.Scope == "":
		r.Path, r.Query, r.Header = u.instance(v1)+"api_keys/", url.Values{"page_size": {"1"}}, header(c.Secret)
	default:
		r.Header = header(c.Scope)
		r.Header["X-User-Key"] = []string{c.Secret}
	}
	a, err := u.client.Do(ctx, r)
	if err != nil || a.Status != http.StatusOK {
		return nil, err
	}
	v, err := u.parse(r, a)
	if err != nil {
		return nil, err
	}
	var lines []*archive.Line
	if c.Kind == core.CredentialKey && c.Scope == "" {
		lines, err = u.provenKey(v, c.Secret)
	} else {
		lines, err = u.provenUser(ctx, v)
	}
	if err != nil && vendor.Status(err) == 0 && ctx.Err() == nil {
		err = u.client.Nonsense(r, "body", err.Error())
	}
	return lines, err
}

// provenKey is the line of an API key, which is shown itself alone.
func (u *Upstream) provenKey(v wire.Value, key string) ([]*archive.Line, error) {
	list, _ := v.Get("objects")
	for _, item := range list.Items() {
		l, err := u.keyLine(item)
		if err != nil {
			return nil, err
		}
		if l.Record.Key == key {
			return []*archive.Line{l}, nil
		}
	}
	return nil, nil
}

// provenUser is a user with the groups, and before them the class of the profiles.
func (u *Upstream) provenUser(ctx context.Context, v wire.Value) ([]*archive.Line, error) {
	class, fields, err := u.profileClass(ctx)
	if err != nil {
		return nil, err
	}
	id, err := needNumber(v, "id")
	if err != nil {
		return nil, err
	}
	flat, err := u.get(ctx, u.instance(v2)+"users/"+decimal(id)+"/", nil)
	if err != nil {
		return nil, err
	}
	lines := []*archive.Line{class}
	groups, _ := v.Get("groups")
	for _, g := range groups.Items() {
		l, err := u.groupLine(g)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	list, _ := flat.Get("acl")
	user, err := u.userLines(v, list, fields, noFile)
	return append(lines, user...), err
}

// schemaAge is how long the class of the profiles is not read again.
const schemaAge = 5 * time.Minute

// schemaCache holds the class of the profiles.
type schemaCache struct {
	mu    sync.Mutex
	at    time.Time
	shown wire.Value
}

// profileClass returns the class of the profiles, read at most schemaAge ago.
func (u *Upstream) profileClass(ctx context.Context) (*archive.Line, schema.Fields, error) {
	u.cache.mu.Lock()
	defer u.cache.mu.Unlock()
	if u.cache.at.IsZero() || time.Since(u.cache.at) > schemaAge {
		v, err := u.get(ctx, u.instance(v1)+"classes/"+schema.ProfileClass+"/", nil)
		if err != nil {
			return nil, nil, err
		}
		u.cache.at, u.cache.shown = time.Now(), v
	}
	return u.classLine(u.cache.shown)
}

// Find reports whether the instance has a user of the name. Its users have no addresses.
func (u *Upstream) Find(ctx context.Context, name string) (bool, error) {
	path := u.instance(v1) + "users/"
	v, err := u.get(ctx, path, url.Values{"username__startswith": {core.Fold(name)}, "page_size": {strconv.Itoa(u.cfg.Page)}})
	if err != nil {
		return false, err
	}
	list, _ := v.Get("objects")
	if list.Kind() != wire.KindArray {
		return false, u.client.Nonsense(vendor.Request{Path: path}, "objects", "it is not a list")
	}
	for _, item := range list.Items() {
		if have, _ := item.Get("username"); core.Fold(have.Text()) == core.Fold(name) {
			return true, nil
		}
	}
	if len(list.Items()) >= u.cfg.Page {
		return false, errManyNames
	}
	return false, nil
}

// errManyNames says that the names that begin alike fill a page.
var errManyNames = errors.New("too many users have names that begin with the one that is looked for")

// Keep gives the user the user key that the server has proven, unless there is one: an API
// key came with its own line.
func (u *Upstream) Keep(tx *core.Tx, owner *core.User, c core.Credential, _ string) error {
	switch have := owner.Handle(syncano.HandleUserKey); have {
	case c.Secret:
		return nil
	case "":
		owner.SetHandle(syncano.HandleUserKey, c.Secret)
		return tx.SaveUserKeepingUpdatedAt(owner)
	}
	return archive.Refusal("the user has another user key here")
}
