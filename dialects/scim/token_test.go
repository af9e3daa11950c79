package scim

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// world is a dialect on a store of its own, asked without a network.
type world struct {
	*Dialect
	t     testing.TB
	token string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	env := dialecttest.NewEnv(t, dialecttest.SQLite())
	setup(t, env.Dir)
	return &world{Dialect: newDialect(env.Dir), t: t, token: token}
}

// ask sends a request with the world's token.
func (w *world) ask(method, target, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+w.token)
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// want fails unless the answer has the status and contains the text.
func (w *world) want(status int, contains, method, target, body string) {
	w.t.Helper()
	rec := w.ask(method, target, body)
	if rec.Code != status || !strings.Contains(rec.Body.String(), contains) {
		w.t.Errorf("%s %s %s\nhave %d %s\nwant %d %s", method, target, body, rec.Code, rec.Body, status, contains)
	}
}

func TestReadOnlyToken(t *testing.T) {
	w := newWorld(t)
	w.token = readToken
	w.want(200, `"admin"`, "GET", "/scim/v2/Users", "")
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		w.want(403, textReadOnly, method, "/scim/v2/Users/admin-uid", "{}")
	}
	w.want(403, textReadOnly, "POST", "/scim/v2/Users", `{"userName": "x"}`)
}

func TestTokensShowTheirRealm(t *testing.T) {
	w := newWorld(t)
	w.token = strangerToken
	w.want(200, `"totalResults":0`, "GET", "/scim/v2/Users", "")
	w.want(200, `"totalResults":0`, "GET", "/scim/v2/Users?filter=id+eq+%22admin-uid%22", "")
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		w.want(404, textNotFound, method, "/scim/v2/Users/admin-uid", `{"userName": "x", "Operations": []}`)
	}
	w.want(201, `"admin"`, "POST", "/scim/v2/Users", `{"userName": "admin"}`)
}

// A realm's tokens go with it: a later realm of that name is another customer's.
func TestTokensEndWithTheirRealm(t *testing.T) {
	w := newWorld(t)
	err := w.dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error { return tx.RemoveRealm("other") })
	if err != nil {
		t.Fatal(err)
	}
	w.token = strangerToken
	w.want(http.StatusUnauthorized, textUnknownToken, "GET", "/scim/v2/Users", "")
}

func TestConnectionsDoNotShareExternalIDs(t *testing.T) {
	w := newWorld(t)
	w.want(201, `"externalId":"x1"`, "POST", "/scim/v2/Users", `{"userName": "ann", "externalId": "x1"}`)
	const find = "/scim/v2/Users?filter=externalId+eq+%22x1%22"
	w.want(200, `"totalResults":1`, "GET", find, "")
	w.token = rotatedToken
	w.want(200, `"totalResults":1`, "GET", find, "")
	w.token = secondToken
	w.want(200, `"totalResults":0`, "GET", find, "")
}
