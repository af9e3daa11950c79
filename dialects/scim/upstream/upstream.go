// Package upstream is a client of SCIM servers: it reads their users and groups to be
// imported, and sends them those of a realm.
package upstream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Config says which server to ask. Server.URL and Token are required.
type Config struct {
	// Server.URL is the base of the SCIM API, such as https://idp.example.com/scim/v2;
	// without a path, /scim/v2 is meant.
	Server vendor.Options
	// Token is a bearer token.
	Token string
	// Realm is where users and groups go, or come from; [core.MainRealm] by default.
	Realm core.Realm
	// Connection is the name that imported externalIds belong to; "scim" by default.
	Connection string
	// Page is how many objects are asked for at once; 0 is 100.
	Page int
}

// Upstream is a SCIM server. It is safe for concurrent use.
type Upstream struct {
	cfg    Config
	client *vendor.Client
	header http.Header
}

// New returns the server. It fails for a configuration with which it could not be asked.
func New(cfg Config) (*Upstream, error) {
	if strings.TrimSpace(cfg.Token) == "" || strings.ContainsFunc(cfg.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("a SCIM server needs a bearer token, of visible ASCII characters")
	}
	if cfg.Realm == "" {
		cfg.Realm = core.MainRealm
	}
	if cfg.Connection == "" {
		cfg.Connection = "scim"
	}
	if cfg.Page < 1 {
		cfg.Page = 100
	}
	if at, err := url.Parse(cfg.Server.URL); err == nil && at.Host != "" && strings.Trim(at.Path, "/") == "" {
		cfg.Server.URL = at.JoinPath("/scim/v2").String()
	}
	client, err := vendor.New(cfg.Server)
	if err != nil {
		return nil, err
	}
	return &Upstream{cfg: cfg, client: client, header: http.Header{
		"Authorization": {"Bearer " + cfg.Token}, "Accept": {mediaType + ", application/json"}, "Content-Type": {mediaType},
	}}, nil
}

const mediaType = "application/scim+json"

// Host returns the name of the server, for messages.
func (u *Upstream) Host() string { return u.client.Host() }

// Error is an error answer of the server.
type Error struct {
	Request  string // method and path
	Status   int
	ScimType string // "" if there is none
	Detail   string // as the server words it, cut
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: answered %d", e.Request, e.Status)
	for _, more := range []string{e.ScimType, e.Detail} {
		if more != "" {
			text += ": " + more
		}
	}
	return text
}

// StatusOf returns the status of the answer that err is about; 0 if there is none.
func StatusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return vendor.Status(err)
}

// refusals are the statuses whose bodies say what is wrong with the request.
var refusals = []int{
	http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusConflict,
	http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge, http.StatusNotImplemented,
}

// limits are above those of any answer that the client takes.
var limits = wire.Limits{Depth: 100, Values: 1 << 24}

// ask sends a request and returns the answer's object, or null if it has none. It fails
// with an [Error] if the server refuses, and as [vendor.Client.Do].
func (u *Upstream) ask(ctx context.Context, method, path string, query url.Values, body *wire.Value) (wire.Value, error) {
	r := vendor.Request{
		Method: method, Path: path, Query: query, Header: u.header.Clone(),
		Statuses: append([]int{http.StatusCreated, http.StatusNoContent}, refusals...),
	}
	if body != nil {
		r.Body = body.JSON()
	}
	a, err := u.client.Do(ctx, r)
	if err != nil {
		return wire.Value{}, err
	}
	if len(a.Body) == 0 && a.Status < http.StatusBadRequest {
		return wire.Value{}, nil
	}
	v, err := wire.ParseJSON(a.Body, limits)
	switch {
	case slices.Contains(refusals, a.Status):
		return wire.Value{}, refusal(r, a.Status, v)
	case err != nil:
		return wire.Value{}, u.client.Nonsense(r, "body", err.Error())
	case v.Kind() != wire.KindObject:
		return wire.Value{}, u.client.Nonsense(r, "body", "it is not an object")
	}
	return v, nil
}

// maxDetail is how much of a server's words is kept.
const maxDetail = 300

func refusal(r vendor.Request, status int, body wire.Value) error {
	detail := textOf(body, "detail")
	if len(detail) > maxDetail {
		detail = strings.ToValidUTF8(detail[:maxDetail], "") + "..."
	}
	if quoted := strconv.Quote(detail); quoted != `"`+detail+`"` {
		detail = quoted // it has characters that a terminal may act on
	}
	return &Error{Request: r.Method + " " + r.Path, Status: status, ScimType: textOf(body, "scimType"), Detail: detail}
}

// member finds an object's member, in any case of letters.
func member(v wire.Value, name string) wire.Value {
	if m, ok := v.Get(name); ok {
		return m
	}
	for _, m := range v.Members() {
		if strings.EqualFold(m.Name, name) {
			return m.Value
		}
	}
	return wire.Value{}
}

func textOf(v wire.Value, name string) string {
	text, _ := member(v, name).Str()
	return text
}
