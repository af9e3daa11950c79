package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

var jsonBody = []string{"Content-Type", "application/json"}

// takeAway takes away the role and the key that the seed gave, and makes a second
// administrator who is as mighty as the seed's was.
func takeAway(t *testing.T, g *gatewayRun) {
	t.Helper()
	account := []string{"X-API-KEY", "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70"}
	for _, r := range []struct {
		method, path, body string
		header             []string
	}{
		{"POST", "/v1.1/instances/main/api_keys/1/reset_key/", "{}", account},
		{"POST", "/api/users/user", `{"username":"second","email":"second@example.com","password":"changeme2","name":"Second","applications":["aa136fbd-26cc-448f-af0a-cf98fe165cc6"]}`, admin},
		{"PUT", "/users/3.json", `{"user":{"role_ids":[1]}}`, admin},
		{"PUT", "/users/1.json", `{"user":{"role_ids":[2]}}`, []string{"Authorization", basic("second:changeme2")}},
	} {
		if got := g.do(t, r.method, r.path, r.body, append(r.header, jsonBody...)...); got.status >= 300 {
			t.Fatalf("%s %s: %d %s", r.method, r.path, got.status, got.body)
		}
	}
}

// stores are the DSNs of an empty store of each engine.
func stores(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, dbIn(t)) })
	t.Run("postgres", func(t *testing.T) {
		coretest.NeedLong(t)
		test(t, pgtest.DSN(t))
	})
}

func TestASeedGivesNothingBack(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		seed := writeFile(t, "seed.yaml", devSeed)
		g := start(t, "--store", dsn, "--seed", seed)
		takeAway(t, g)
		g.end(t)
		g = start(t, "--store", dsn, "--seed", seed)
		if got := g.do(t, "GET", "/roles.json", "", admin...); got.status != 403 {
			t.Errorf("the role: %d %s", got.status, got.body)
		}
		if got := g.do(t, "GET", "/v1.1/instances/main/users/", "", "X-API-KEY", seedAPIKey); got.status != 403 {
			t.Errorf("the key: %d %s", got.status, got.body)
		}
		second := []string{"Authorization", basic("second:changeme2")}
		for range 2 { // the first marks as deleted, the second removes
			g.do(t, "DELETE", "/users/1.json", "", second...)
			g.end(t)
			g = start(t, "--store", dsn, "--seed", seed)
			if got := g.do(t, "GET", "/profile.json", "", admin...); got.status != 401 {
				t.Errorf("the user: %d %s", got.status, got.body)
			}
		}
		if got := g.do(t, "GET", "/users/1.json", "", second...); got.status != 404 {
			t.Errorf("the user is shown: %d %s", got.status, got.body)
		}
	})
}

// A stranger who took the name that a seed gives a right to stops the start.
func TestASeedThatNamesAStrangerIsAnError(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed))
		if got := g.do(t, "POST", "/v1.1/instances/main/users/", `{"username":"ops","password":"x"}`, append(jsonBody, "X-API-KEY", seedAPIKey)...); got.status != 201 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		g.end(t)
		for section, line := range map[string]int{
			"users:\n  - {username: ops, password: Very-Long}\necontext: {members: [ops]}\n": 2,
			"econtext:\n  members: [ops]\n":                  2,
			"onapp:\n  administrators:\n  - username: ops\n": 3,
		} {
			seed := writeFile(t, "bad.yaml", section)
			code, _, log := once(t, "serve", "--listen", "127.0.0.1:0", "--store", dsn, "--seed", seed)
			if code != exitSeed || !strings.Contains(log, fmt.Sprintf("bad.yaml:%d: ", line)) || strings.Count(log, "bad.yaml") != 1 {
				t.Errorf("%s: exit %d: %s", section, code, log)
			}
		}
	})
}
