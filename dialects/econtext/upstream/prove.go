package upstream

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Prove asks the server whether a credential is right for the application that is its
// scope, and returns the lines of its user; nil if the server says no.
func (u *Upstream) Prove(ctx context.Context, c core.Credential) ([]*archive.Line, error) {
	kind := "username"
	if c.Kind == core.CredentialKey {
		kind = "apikey"
	}
	member := func(name string, v wire.Value) wire.Member { return wire.Member{Name: name, Value: v} }
	body := wire.Object(
		member("type", wire.String(kind)), member("application", wire.String(c.Scope)),
		member("credential", wire.Object(member("username", wire.String(c.Login)), member("password", wire.String(c.Secret)))),
	)
	r := vendor.Request{Method: http.MethodPost, Path: "/api/authenticate", Body: body.JSON()}
	result, err := u.ask(ctx, r)
	if err != nil {
		return nil, err
	}
	said, _ := result.Get("authenticated")
	yes, ok := said.Bool()
	switch user, _ := result.Get("user"); {
	case !ok:
		return nil, u.client.Nonsense(r, "econtext.result.authenticated", "is neither true nor false")
	case !yes:
		return nil, nil
	case user.Kind() != wire.KindObject:
		return nil, u.client.Nonsense(r, "econtext.result.user", "it is not an object")
	default:
		lines, err := u.userLines(ctx, user)
		if err != nil {
			return nil, u.client.Nonsense(r, "econtext.result.user", err.Error())
		}
		return lines, nil
	}
}

// userLines reads a user with the applications, groups and API keys.
func (u *Upstream) userLines(ctx context.Context, v wire.Value) (lines []*archive.Line, err error) {
	keep := func(l *archive.Line, fault error) bool {
		if err == nil {
			err = fault
		}
		lines = append(lines, l)
		return true
	}
	r := &reading{u, ctx, keep, map[string]string{}, map[string]bool{}}
	applications, _ := v.Get("applications")
	for _, item := range applications.Items() {
		g, err := r.group(econtext.KindApplication, item)
		_ = r.line(&archive.Line{Group: g}, item, err)
	}
	groups, _ := v.Get("groups")
	for _, item := range groups.Items() {
		g, err := r.group(econtext.KindGroup, item)
		g.ParentUID = textOf(item, "application")
		_ = r.line(&archive.Line{Group: g}, item, err)
	}
	user, fault := r.user(v, r.organizations, r.admins)
	_ = r.line(&archive.Line{User: user}, v, fault)
	if err == nil {
		err = r.keys(user, v)
	}
	return lines, err
}

// Find reports whether a user has the address. The API finds no user by user name: it
// searches addresses, whole names and ids.
func (u *Upstream) Find(ctx context.Context, name string) (bool, error) {
	if local, host, _ := strings.Cut(name, "@"); local == "" || host == "" { // the search finds parts
		return false, nil
	}
	found, err := u.list(ctx, "/api/users/search/"+url.PathEscape(name), "users", nil)
	return slices.ContainsFunc(found, func(item wire.Value) bool {
		email, _ := item.Get("email")
		username, _ := item.Get("username")
		return core.Fold(email.Text()) == core.Fold(name) || core.Fold(username.Text()) == core.Fold(name)
	}), err
}

// Keep stores the hash of the secret of an API key that the server has proven.
func (u *Upstream) Keep(tx *core.Tx, owner *core.User, c core.Credential, hash string) error {
	return econtext.SetSecret(tx, owner, c.Login, hash)
}
