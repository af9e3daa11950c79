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
