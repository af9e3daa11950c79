package main

import (
	"strings"
	"testing"
)

// An API key that ignores rights may write every user of its instance. It takes the
// administrator over only where the operator trusts the dialects, and is told so.
func TestTrustSharedIsTheVendorsRule(t *testing.T) {
	for trust, want := range map[string]struct{ status, login, warnings int }{
		"none": {403, 401, 0}, "shared": {200, 200, 1},
	} {
		g := startSeeded(t, append([]string{"--trust", trust}, cheap...)...)
		if got := strings.Count(g.log.String(), "--trust shared: "); got != want.warnings {
			t.Errorf("%s: %d warnings, want %d:\n%s", trust, got, want.warnings, g.log)
		}
		a := g.do(t, "PATCH", "/v1.1/instances/main/users/1/", `{"password":"taken-over"}`,
			"X-API-KEY", seedAPIKey, "Content-Type", "application/json")
		if a.status != want.status {
			t.Errorf("%s: %d %s", trust, a.status, a.body)
		}
		if a = g.do(t, "GET", "/roles.json", "", "Authorization", basic("admin:taken-over")); a.status != want.login {
			t.Errorf("%s: %d %s", trust, a.status, a.body)
		}
	}
}

// Rights are given to an account as it is: a password that was known before opens what
// the user may do then, and a new one in the same request keeps its owner out. Keys that
// applications hold end in any case, and an application changes nothing any more.
func TestRightsAreGivenToAnAccountAsItIs(t *testing.T) {
	t.Parallel()
	for claim, c := range map[string]struct {
		promotion string
		known     int // how the known password is answered afterwards
	}{
		"the password stays":      {`{"user":{"role_ids":[1]}}`, 200},
		"another comes with them": {`{"user":{"role_ids":[1],"password":"changeme2"}}`, 401},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			g := startSeeded(t, cheap...)
			application := append(jsonBody, "X-API-KEY", seedAPIKey)
			if got := g.do(t, "POST", "/v1.1/instances/main/users/", `{"username":"mallory","password":"known-to-others"}`, application...); got.status != 201 {
				t.Fatalf("%d %s", got.status, got.body)
			}
			key := userKey(t, g, "mallory", "known-to-others")
			if got := g.do(t, "PUT", "/users/3.json", c.promotion, append(jsonBody, admin...)...); got.status != 204 {
				t.Fatalf("%d %s", got.status, got.body)
			}
			known := []string{"Authorization", basic("mallory:known-to-others")}
			if got := g.do(t, "GET", "/roles.json", "", known...); got.status != c.known {
				t.Errorf("OnApp: %d %s", got.status, got.body)
			}
			if got := g.do(t, "GET", "/api/users", "", known...); got.status != 401 {
				t.Errorf("eContext, where nothing was given: %d %s", got.status, got.body)
			}
			login := g.do(t, "POST", "/v1.1/instances/main/user/auth/", `{"username":"mallory","password":"known-to-others"}`, application...)
			if (login.status == 200) != (c.known == 200) {
				t.Errorf("Syncano: %d %s", login.status, login.body)
			}
			if got := g.do(t, "GET", "/v1.1/instances/main/user/", "", "X-API-KEY", seedAPIKey, "X-USER-KEY", key); got.status == 200 {
				t.Error("the user key still works")
			}
			if got := g.do(t, "PATCH", "/v1.1/instances/main/users/3/", `{"password":"taken-over"}`, application...); got.status != 403 {
				t.Errorf("an application changes the password: %d %s", got.status, got.body)
			}
		})
	}
}
