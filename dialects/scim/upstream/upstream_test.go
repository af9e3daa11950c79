package upstream_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/scim"
	"github.com/dragoman-gateway/dragoman/dialects/scim/upstream"
)

const token = "provisioning-token-of-the-tests"

// gateway is a SCIM server on a store of its own, and the transport that reaches it.
type gateway struct {
	t    testing.TB
	dir  *core.Directory
	d    *scim.Dialect
	asks []string // method and path of each request
	// token is sent by ask; "" is that of the reader.
	token string
	// lose is the number of the request whose answer is lost, from 1; 0 loses none.
	lose int
	// change replaces the answer to a request; nil changes nothing.
	change func(*http.Request) *http.Response
}

func newGateway(t testing.TB, cfg scim.Config) *gateway {
	t.Helper()
	env := dialecttest.NewEnv(t, dialecttest.SQLite())
	cfg.Directory = env.Dir
	g := &gateway{t: t, dir: env.Dir, d: scim.New(cfg)}
	if err := g.d.Seed(t.Context(), scim.Seed{Tokens: []scim.SeedToken{{Name: "idp", Token: token, Write: true}}}); err != nil {
		t.Fatal(err)
	}
	return g
}

var errLost = errors.New("the connection is lost")

// RoundTrip implements http.RoundTripper.
func (g *gateway) RoundTrip(r *http.Request) (*http.Response, error) {
	g.asks = append(g.asks, r.Method+" "+r.URL.Path)
	if g.change != nil {
		if res := g.change(r); res != nil {
			return res, nil
		}
	}
	rec := httptest.NewRecorder()
	g.d.ServeHTTP(rec, r)
	if g.lose == len(g.asks) {
		return nil, errLost
	}
	return rec.Result(), nil
}

// upstream returns a client of the gateway, which asks once and without pauses.
func (g *gateway) upstream(cfg upstream.Config) *upstream.Upstream {
	g.t.Helper()
	cfg.Server = vendor.Options{URL: "http://idp.example/scim/v2", Transport: g, Rate: -1, Tries: 1}
	cfg.Token, cfg.Connection = token, "idp"
	u, err := upstream.New(cfg)
	if err != nil {
		g.t.Fatal(err)
	}
	return u
}

// ask sends a request of a provider and returns the body, which must have the status.
func (g *gateway) ask(status int, method, path, body string) string {
	g.t.Helper()
	r := httptest.NewRequest(method, "http://idp.example/scim/v2"+path, strings.NewReader(body))
	bearer := token
	if g.token != "" {
		bearer = g.token
	}
	r.Header.Set("Authorization", "Bearer "+bearer)
	rec := httptest.NewRecorder()
	g.d.ServeHTTP(rec, r)
	if rec.Code != status {
		g.t.Fatalf("%s %s %s: %d %s", method, path, body, rec.Code, rec.Body)
	}
	return rec.Body.String()
}

// id creates an object and returns its id.
func (g *gateway) create(path, body string) string {
	g.t.Helper()
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(g.ask(201, "POST", path, body)), &made); err != nil {
		g.t.Fatal(err)
	}
	return made.ID
}

// update changes the store behind the dialect's back, as another dialect does.
func (g *gateway) update(fn func(*core.Tx) error) {
	g.t.Helper()
	if err := g.dir.Update(context.Background(), core.Operator(), fn); err != nil {
		g.t.Fatal(err)
	}
}

// fill makes users and groups with all that SCIM can carry, and some that it cannot.
func (g *gateway) fill() {
	g.t.Helper()
	g.update(func(tx *core.Tx) error {
		return tx.AddUser(&core.User{
			Realm: core.MainRealm, UID: "vendor/user 1", Username: "ann", Email: "ann@example.com", Enabled: true,
			Name: core.Name{Given: "Ann", Family: "Lee"}, Password: "$2a$04$abcdefghijklmnopqrstuuN2JKqPMhdoGUpRDPpYbPMEQH6gaMyIS",
			Attributes: core.Attributes{{Name: "level", Value: "7"}, {Name: "home address", Value: `{"a": 1}`}, {Name: "tags", Value: `["x","y"]`}, {Name: "big", Value: "12345678901234567890"}},
		})
	})
	bea := g.create("/Users", `{"userName": "bea", "externalId": "x-2", "active": false, "displayName": "Béa \"B\" <&>", "title": "",
		"name": {"formatted": "Dr. Bea Kim", "givenName": "Bea", "middleName": "", "honorificPrefix": "Dr."},
		"emails": [{"value": "bea@work.example", "type": "work"}, {"value": "bea@home.example", "type": "home", "primary": true}],
		"addresses": [{"locality": "Bern", "type": "work"}], "roles": [{"value": "{\"id\":\"1\"}", "primary": true}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "D", "manager": {"value": "vendor/user 1"}}}`)
	carl := g.create("/Users", `{"userName": "carl", "emails": [{"value": "bea@home.example", "type": "other"}]}`)
	for i := range 7 {
		g.create("/Users", fmt.Sprintf(`{"userName": "user%d"}`, i))
	}
	boss := g.create("/Users", `{"userName": "boss"}`)
	g.ask(200, "PATCH", "/Users/"+carl, `{"Operations": [{"op": "replace", "value": {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "`+boss+`"}}}}]}`)
	g.ask(200, "PATCH", "/Users/"+boss, `{"Operations": [{"op": "replace", "value": {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "of another system"}}}}]}`)
	g.create("/Groups", fmt.Sprintf(`{"displayName": "Staff", "externalId": "g-1", "members": [{"value": %q}, {"value": "vendor/user 1"}, {"value": %q}]}`, carl, bea))
	g.create("/Groups", `{"displayName": "Empty"}`)
}

// paths are requests whose answers show everything.
var paths = []string{"/Users?count=200", "/Groups?count=200", "/Users?filter=externalId+eq+%22x-2%22", "/Groups?filter=externalId+eq+%22g-1%22",
	"/Users?filter=emails+eq+%22bea@home.example%22", "/Users/vendor%2Fuser%201"}

func (g *gateway) answers() (all []string) {
	for _, path := range paths {
		all = append(all, g.ask(200, "GET", path, ""))
	}
	return all
}

// source is a reader's lines as a source.
type source func() (*archive.Line, error, bool)

func (s source) Next() (*archive.Line, int, error) {
	line, err, ok := s()
	if !ok {
		err = io.EOF
	}
	return line, 0, err
}

// importFrom imports what another gateway shows.
func (g *gateway) importFrom(from *gateway, cfg upstream.Config) archive.Summary {
	g.t.Helper()
	next, stop := iter.Pull2(from.upstream(cfg).Reader().Lines(g.t.Context()))
	defer stop()
	opts := archive.ImportOptions{Report: func(o archive.Outcome) error {
		if o.Verdict == archive.Refused {
			g.t.Errorf("%s%s: %s", o.User, o.Object, o.Reason)
		}
		return nil
	}}
	summary, err := archive.NewImporter(g.dir, opts).Run(g.t.Context(), func() (archive.Source, error) { return source(next), nil })
	if err == nil {
		err = g.dir.ProvisionExisting(g.t.Context())
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return summary
}

// An empty gateway that reads another one's SCIM API shows the same bytes: ids, dates and
// versions included.
func TestImportGivesTheSameBytes(t *testing.T) {
	for _, cursors := range []bool{false, true} {
		t.Run(fmt.Sprint("cursors ", cursors), func(t *testing.T) {
			from, to := newGateway(t, scim.Config{Pagination: cursors}), newGateway(t, scim.Config{})
			from.fill()
			summary := to.importFrom(from, upstream.Config{Page: 3})
			if summary[archive.Added] != 11+2+1+3 {
				t.Errorf("%v", summary)
			}
			if diff := cmp.Diff(from.answers(), to.answers()); diff != "" {
				t.Error(diff)
			}
			if again := to.importFrom(from, upstream.Config{Page: 4}); again[archive.Unchanged] != 17 {
				t.Errorf("again: %v", again)
			}
		})
	}
}

// What another server does not show of a user or a group that is here already stays: it
// has not said anything of it.
func TestImportOverUsersKeepsWhatTheServerDoesNotShow(t *testing.T) {
	const otherToken, enterprise = "another-token-of-the-tests", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	from, to := newGateway(t, scim.Config{}), newGateway(t, scim.Config{})
	user := "/Users/" + from.create("/Users", `{"userName": "ann", "nickName": "A", "externalId": "u-idp", "`+enterprise+`": {"department": "D1"}}`)
	group := "/Groups/" + from.create("/Groups", `{"displayName": "Staff", "externalId": "g-idp"}`)
	to.importFrom(from, upstream.Config{})
	if err := to.d.Seed(t.Context(), scim.Seed{Tokens: []scim.SeedToken{{Name: "other", Token: otherToken, Write: true}}}); err != nil {
		t.Fatal(err)
	}
	to.token = otherToken
	to.ask(200, "PATCH", user, `{"Operations": [{"op": "add", "value": {"title": "Dr.", "externalId": "u-other",
		"emails": [{"value": "ann@home.example"}], "`+enterprise+`": {"division": "E"}}}]}`)
	to.ask(204, "PATCH", group, `{"Operations": [{"op": "add", "value": {"externalId": "g-other"}}]}`)
	from.ask(200, "PATCH", user, `{"Operations": [{"op": "replace", "value": {"nickName": "B", "`+enterprise+`": {"department": "D2"}}}]}`)
	version := to.ask(200, "GET", group, "")
	for _, want := range []archive.Summary{{archive.Updated: 1, archive.Unchanged: 2}, {archive.Unchanged: 3}} {
		reader := from.upstream(upstream.Config{}).Reader()
		opts := archive.ImportOptions{OnConflict: archive.Update, Completer: reader}
		source := archive.NewLiveSource(t.Context(), reader)
		got, err := archive.NewImporter(to.dir, opts).Run(t.Context(), func() (archive.Source, error) { return source, nil })
		source.Close()
		if err != nil || !cmp.Equal(want, got) {
			t.Errorf("%v, want %v, %v", got, want, err)
		}
	}
	shown := to.ask(200, "GET", user, "")
	for _, kept := range []string{`"nickName":"B"`, `"title":"Dr."`, `"ann@home.example"`, `"department":"D2"`, `"division":"E"`, `"externalId":"u-other"`} {
		if !strings.Contains(shown, kept) {
			t.Errorf("%s lacks %s", shown, kept)
		}
	}
	if got := to.ask(200, "GET", group, ""); got != version {
		t.Errorf("the group became %s, was %s", got, version)
	}
	to.token = ""
	if got := to.ask(200, "GET", user, ""); !strings.Contains(got, `"externalId":"u-idp"`) {
		t.Error(got)
	}
}
