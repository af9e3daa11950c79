package main

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// twoReplicas starts two gateways on one database.
func twoReplicas(t *testing.T, flags ...string) (a, b *gatewayRun) {
	t.Helper()
	args := append([]string{"--store", pgtest.DSN(t), "--seed", writeFile(t, "seed.yaml", devSeed)}, flags...)
	return start(t, args...), start(t, args...)
}

func (g *gatewayRun) must(t *testing.T, method, path, body string, header ...string) answer {
	t.Helper()
	got := g.do(t, method, path, body, header...)
	if got.status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
	}
	return got
}

// What one replica takes away, the other does not give any more, from the next request on.
func TestWhatOneReplicaTakesAwayEndsAtTheOther(t *testing.T) {
	t.Parallel()
	a, b := twoReplicas(t, cheap...)
	json := append(jsonBody, admin...)
	a.must(t, "POST", "/users.json", `{"user":{"login":"ann","email":"ann@example.com","password":"changeme2","role_ids":[1]}}`, json...)
	uid := regexp.MustCompile(`/api/users/user/([0-9a-f-]+)", "id"|"id": "([0-9a-f-]{36})", "name"`).FindStringSubmatch(
		a.must(t, "GET", "/api/users/search/ann@example.com", "", admin...).body)
	if uid == nil {
		t.Fatal("no uid")
	}
	ann := uid[1] + uid[2]
	a.addSpare(t, ann)
	a.must(t, "POST", "/api/users/user/"+ann+"/application/aa136fbd-26cc-448f-af0a-cf98fe165cc6", "", json...)
	password := func(secret string) []string { return []string{"Authorization", basic("ann:" + secret)} }
	apiKey := regexp.MustCompile(`"api_key":"([0-9a-f]{40})"`).FindStringSubmatch(
		a.must(t, "POST", "/users/3/make_new_api_key.json", "", admin...).body)[1]
	userKey := []string{"X-API-KEY", seedAPIKey, "X-USER-KEY", userKey(t, a, "ann", "changeme2")}
	const own = "/v1.1/instances/main/user/"
	for _, step := range []struct {
		claim, method, path, body string // what takes it away
		by                        []string
		use                       string // what works before and not afterwards
		with                      []string
	}{
		{"a role", "PUT", "/users/3.json", `{"user":{"role_ids":[2]}}`, json, "/roles.json", password("changeme2")},
		{"membership of the base application", "DELETE", "/api/users/user/" + ann + "/application/aa136fbd-26cc-448f-af0a-cf98fe165cc6", "", admin,
			"/api/users", password("changeme2")},
		{"an OnApp key", "POST", "/users/3/make_new_api_key.json", "", admin, "/profile.json", []string{"Authorization", basic("ann@example.com:" + apiKey)}},
		{"a user key, by a password", "PUT", "/users/3.json", `{"user":{"password":"changeme3"}}`, json, own, userKey},
		{"a password", "PUT", "/users/3.json", `{"user":{"password":"changeme4"}}`, json, "/profile.json", password("changeme3")},
		{"an account, by suspension", "GET", "/users/3/suspend.json", "", admin, "/profile.json", password("changeme4")},
		{"an API key", "DELETE", "/v1.1/instances/main/api_keys/1/", "", []string{"X-API-KEY", seedAccountKey}, "/v1.1/instances/main/users/",
			[]string{"X-API-KEY", seedAPIKey}},
	} {
		for _, g := range []*gatewayRun{a, b} {
			g.must(t, "GET", step.use, "", step.with...)
		}
		a.must(t, step.method, step.path, step.body, step.by...)
		for i, g := range []*gatewayRun{b, a} {
			if got := g.do(t, "GET", step.use, "", step.with...); got.status != 401 && got.status != 403 {
				t.Errorf("%s still works, at replica %d: %d %.200s", step.claim, i, got.status, got.body)
			}
		}
		a, b = b, a
	}
}

// An address that one replica locked out is locked out at the other, and nothing else is.
func TestALockOfOneReplicaHoldsAtTheOther(t *testing.T) {
	t.Parallel()
	a, b := twoReplicas(t, append([]string{"--onapp-lockout-attempts", "4"}, cheap...)...)
	a.must(t, "POST", "/users.json", `{"user":{"login":"ann","email":"ann@example.com","password":"changeme2"}}`, append(jsonBody, admin...)...)
	apiKey := regexp.MustCompile(`"api_key":"([0-9a-f]{40})"`).FindStringSubmatch(
		a.must(t, "POST", "/users/3/make_new_api_key.json", "", admin...).body)[1]
	for i := range 4 {
		g := []*gatewayRun{a, b}[i%2]
		if got := g.do(t, "GET", "/profile.json", "", "Authorization", basic(fmt.Sprintf("ann:wrong%d", i))); got.status != 401 {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	for i, g := range []*gatewayRun{a, b} {
		if got := g.do(t, "GET", "/profile.json", "", "Authorization", basic("ann:changeme2")); got.status != 401 {
			t.Errorf("replica %d lets a locked address in: %d", i, got.status)
		}
		g.must(t, "GET", "/profile.json", "", "Authorization", basic("ann@example.com:"+apiKey))
		g.must(t, "GET", "/profile.json", "", admin...)
	}
	a.must(t, "POST", "/users/3/unlock_account.json", "{}", append(jsonBody, admin...)...)
	for _, g := range []*gatewayRun{a, b} {
		g.must(t, "GET", "/profile.json", "", "Authorization", basic("ann:changeme2"))
	}
}
