package main

import (
	"strings"
	"testing"
)

// seedSecrets are all secrets of the seed, in their forms on the wire.
var seedSecrets = []string{
	seedPassword, seedAPIKey, "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70", "5d41402abc4b2a76b9719d911017c592ae3f4c01",
	basic("admin:" + seedPassword), "$argon2", "pbkdf2_sha256", "n3w-secret", "wr0ng-secret",
}

// talk is requests that carry secrets in every place a client puts them, right
// and wrong ones, in good requests and in broken ones.
func talk(t *testing.T, g *gatewayRun) {
	t.Helper()
	json := []string{"Content-Type", "application/json"}
	key := []string{"X-API-KEY", seedAPIKey}
	with := func(parts ...[]string) (all []string) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	wrong := []string{"Authorization", basic("admin:wr0ng-secret")}
	for _, r := range []struct {
		method, path, body string
		header             []string
	}{
		{"GET", "/v1.1/instances/main/users/?api_key=" + seedAPIKey, "", nil},
		{"GET", "/v1.1/instances/main/users/?api_key=wr0ng-secret", "", nil},
		{"POST", "/v1.1/instances/main/users/", `{"username":"zoe","password":"n3w-secret"}`, with(key, json)},
		{"POST", "/v1.1/instances/main/user/auth/", `{"username":"zoe","password":"wr0ng-secret"}`, with(key, json)},
		{"PUT", "/v1.1/instances/main/users/1/", `{"password":"n3w-secret"`, with(key, json)},
		{"GET", "/v1.1/n3w-secret/", "", key},
		{"GET", "/api/users", "", wrong},
		{"POST", "/api/authenticate", `{"username":"admin","password":"` + seedPassword + `"}`, with(admin, json)},
		{"POST", "/api/users/user", `{"username":"yan","email":"yan@example.com","password":"n3w-secret"}`, with(admin, json)},
		{"POST", "/api/users/user", `{"password":"n3w-secret"`, with(admin, json)},
		{"GET", "/users.json", "", wrong},
		{"PUT", "/users/1.json", `{"user":{"password":"n3w-secret","password_confirmation":"wr0ng-secret"}}`, with(admin, json)},
		{"PUT", "/users/1.xml", `<user><password>n3w-secret`, with(admin, []string{"Content-Type", "application/xml"})},
		{"GET", "/n3w-secret.xml?password=n3w-secret", "", admin},
	} {
		got := g.do(t, r.method, r.path, r.body, r.header...)
		for _, secret := range []string{"$argon2", "pbkdf2_sha256", seedPassword, "n3w-secret", "wr0ng-secret"} {
			if strings.Contains(got.body, secret) && !strings.Contains(r.path, secret) {
				t.Errorf("%s %s answers with %s: %s", r.method, r.path, secret, got.body)
			}
		}
		if got.header.Get("X-Request-Id") == "" {
			t.Errorf("%s %s: no request id", r.method, r.path)
		}
	}
}

func TestNoSecretReachesTheLog(t *testing.T) {
	for _, form := range []string{"text", "json"} {
		g := startSeeded(t, "--log-format", form, "--log-level", "debug")
		talk(t, g)
		g.end(t)
		log := g.log.String()
		for _, secret := range seedSecrets {
			if strings.Contains(log, secret) {
				t.Errorf("%s: %s is in the log:\n%s", form, secret, log)
			}
		}
		for _, word := range []string{"syncano", "econtext", "onapp"} {
			if !strings.Contains(log, word) {
				t.Errorf("%s: no line of %s:\n%s", form, word, log)
			}
		}
	}
}

func TestNoSecretReachesTheMetrics(t *testing.T) {
	g := startSeeded(t)
	talk(t, g)
	metrics := g.do(t, "GET", "/_dragoman/metrics", "").body
	for _, secret := range seedSecrets {
		if strings.Contains(metrics, secret) {
			t.Errorf("%s is in the metrics", secret)
		}
	}
}

// No proxy and no browser may keep an answer with a secret.
func TestAnswersWithSecretsAreNotStoredOnTheWay(t *testing.T) {
	g := startSeeded(t)
	json := []string{"Content-Type", "application/json"}
	key := append([]string{"X-API-KEY", seedAPIKey}, json...)
	account := append([]string{"X-API-KEY", "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70"}, json...)
	boss := append(append([]string{}, admin...), json...)
	for _, r := range []struct {
		method, path, body string
		header             []string
		secret             string
	}{
		{"POST", "/v1.1/instances/main/users/", `{"username":"zoe","password":"n3w-secret"}`, key, "user_key"},
		{"GET", "/v1.1/instances/main/users/", "", key, "user_key"},
		{"POST", "/v1.1/instances/main/user/auth/", `{"username":"zoe","password":"n3w-secret"}`, key, "user_key"},
		{"GET", "/v1.1/instances/main/api_keys/", "", account, "api_key"},
		{"POST", "/v1.1/account/auth/", `{"email":"admin@example.com","password":"` + seedPassword + `"}`, json, "account_key"},
		{"POST", "/api/users/user/zoe/apikey", `{}`, boss, ""},
		{"GET", "/api/users", "", boss, ""},
		{"POST", "/users/1/make_new_api_key.json", "", boss, "api_key"},
		{"POST", "/users/2/make_new_api_key.xml", "", boss, "api_key"},
	} {
		got := g.do(t, r.method, r.path, r.body, r.header...)
		if r.secret != "" && (got.status >= 300 || !strings.Contains(got.body, r.secret)) {
			t.Errorf("%s %s: %d without a secret: %s", r.method, r.path, got.status, got.body)
		}
		if cache, sniff := got.header.Get("Cache-Control"), got.header.Get("X-Content-Type-Options"); cache != "no-store" || sniff != "nosniff" {
			t.Errorf("%s %s: Cache-Control %q, X-Content-Type-Options %q", r.method, r.path, cache, sniff)
		}
	}
}
