package main

import "testing"

// Every caller has a bound of their own, in every dialect: what one makes beyond it
// leaves the realm to the others.
func TestACallersRateIsTheirOwn(t *testing.T) {
	t.Parallel()
	g := startSeeded(t, "--caller-rate-limit", "0.001", "--caller-rate-burst", "2")
	const other = "user"
	if got := g.do(t, "POST", "/v1.1/instances/main/users/", `{"username":"user","password":"correct-horse"}`,
		"X-API-KEY", seedAPIKey, "Content-Type", "application/json"); got.status != 201 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	admin := basic("admin:" + seedPassword)
	for _, c := range []struct {
		caller, path string
		header       []string
		allowed      int
	}{
		{"an API key, which has made a user", "/v1.1/instances/main/users/", []string{"X-API-KEY", seedAPIKey}, 1},
		{"an account", "/v1.1/instances/main/users/", []string{"X-API-KEY", seedAccountKey}, 2},
		{"a token", "/scim/v2/Users", []string{"Authorization", "Bearer 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e"}, 2},
		{"a user, in OnApp", "/version.json", []string{"Authorization", admin}, 2},
		{"the same user, in eContext", "/api/users", []string{"Authorization", admin}, 0},
		{"another user", "/profile.json", []string{"Authorization", basic(other + ":correct-horse")}, 2},
	} {
		for i := range c.allowed + 1 {
			got := g.do(t, "GET", c.path, "", c.header...)
			if limited := got.status == 429; limited != (i == c.allowed) || limited && got.header.Get("Retry-After") == "" {
				t.Errorf("%s, request %d: %d %s", c.caller, i+1, got.status, got.body)
			}
		}
	}
}
