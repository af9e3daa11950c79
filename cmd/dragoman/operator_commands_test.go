package main

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// onceWith is once with standard input.
func onceWith(t testing.TB, stdin string, args ...string) (code int, out, log string) {
	t.Helper()
	var o, l lockedText
	code = runStreams(context.Background(), gateway.Table(), args, nil, streams{&o, &l, strings.NewReader(stdin)})
	return code, o.String(), l.String()
}

// operate runs a command on the store and fails unless it succeeds.
func operate(t testing.TB, dsn, stdin string, args ...string) string {
	t.Helper()
	code, out, log := onceWith(t, stdin, append(args, "--store", dsn)...)
	if code != 0 || log != "" {
		t.Fatalf("%s: exit %d: %s%s", args, code, out, log)
	}
	return out
}

// answers fails unless the request with these credentials has the status.
func (g *gatewayRun) answers(t testing.TB, status int, path, name, value string) {
	t.Helper()
	if got := g.do(t, "GET", path, "", name, value); got.status != status {
		t.Errorf("%s with %s: %d, want %d: %.200s", path, value, got.status, status, got.body)
	}
}

func TestOperatorManagesAStoreThatIsServed(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed), "--credential-ttl", "0s")
		t.Run("users", func(t *testing.T) { operateUsers(t, g, dsn) })
		t.Run("rights", func(t *testing.T) { operateRights(t, g, dsn) })
		t.Run("keys", func(t *testing.T) { operateKeys(t, g, dsn) })
		t.Run("realms", func(t *testing.T) { operateRealms(t, dsn) })
		operate(t, dsn, "", "check")
		g.end(t)
		operate(t, dsn, "", "check")
	})
}

func operateUsers(t *testing.T, g *gatewayRun, dsn string) {
	if out := operate(t, dsn, "first-pass\n", "user", "create", "ann", "--email", "ann@corp.example", "--given-name", "Ann"); out != "ann: added with number 3\n" {
		t.Error(out)
	}
	logsIn := func(password string, status int) {
		t.Helper()
		got := g.do(t, "POST", "/v1.1/instances/main/user/auth/", `{"username":"ann","password":"`+password+`"}`, append(jsonBody, "X-API-KEY", seedAPIKey)...)
		if got.status != status {
			t.Errorf("with %s: %d, want %d: %s", password, got.status, status, got.body)
		}
	}
	logsIn("first-pass", 200)
	operate(t, dsn, "second-pass", "user", "set-password", "ann@corp.example")
	logsIn("first-pass", 401)
	logsIn("second-pass", 200)
	operate(t, dsn, "", "user", "disable", "ann")
	logsIn("second-pass", 401)
	operate(t, dsn, "", "user", "enable", "ann")
	logsIn("second-pass", 200)
	operate(t, dsn, "", "user", "end-sessions", "ann")
	if out := operate(t, dsn, "", "user", "list", "--search", "CORP.example"); !regexp.MustCompile(`^3  enabled  \S+  ann  ann@corp\.example\n$`).MatchString(out) {
		t.Errorf("listed as %q", out)
	}
	var shown struct {
		Username string
		Password string
		Rights   map[string][]string
	}
	out := operate(t, dsn, "", "user", "show", "admin", "--json")
	if err := json.Unmarshal([]byte(out), &shown); err != nil || shown.Username != "admin" || shown.Password != "argon2id" || len(shown.Rights["onapp"]) == 0 || strings.Contains(out, "$") {
		t.Errorf("%v: %s", err, out)
	}
	for _, c := range []struct {
		code  int
		word  string
		stdin string
		args  []string
	}{
		{exitUsage, "no password", "", []string{"user", "set-password", "ann"}},
		{exitUsage, "--yes", "", []string{"user", "delete", "ann"}},
		{exitFailed, "username taken", "another-pass\n", []string{"user", "create", "ANN"}},
		{exitFailed, "stranger: not found", "", []string{"user", "show", "stranger"}},
		{exitUsage, "--limit", "", []string{"user", "list", "--limit=-1"}},
	} {
		code, out, log := onceWith(t, c.stdin, append(c.args, "--store", dsn)...)
		if code != c.code || out != "" || !strings.Contains(log, c.word) || strings.Count(log, "\n") != 1 {
			t.Errorf("%s: exit %d: %s%s", c.args, code, out, log)
		}
	}
	operate(t, dsn, "", "user", "delete", "ann", "--yes")
	logsIn("second-pass", 401)
}

func operateRights(t *testing.T, g *gatewayRun, dsn string) {
	operate(t, dsn, "joes-pass\n", "user", "create", "joe", "--email", "joe@corp.example")
	joe := basic("joe:joes-pass")
	for dialect, path := range map[string]string{"onapp": "/roles.json", "econtext": "/api/users"} {
		operate(t, dsn, "", "admin", "grant", "joe", dialect)
		g.answers(t, 200, path, "Authorization", joe)
		operate(t, dsn, "", "admin", "revoke", "joe", dialect)
		if got := g.do(t, "GET", path, "", "Authorization", joe); got.status < 400 {
			t.Errorf("%s after the revocation: %d", path, got.status)
		}
	}
	operate(t, dsn, "", "admin", "grant", "joe", "syncano")
	key := strings.TrimSpace(operate(t, dsn, "", "key", "create", "syncano", "joe@corp.example"))
	g.answers(t, 200, "/v1.1/instances/main/api_keys/", "X-API-KEY", key)
	operate(t, dsn, "", "admin", "revoke", "joe", "syncano")
	g.answers(t, 403, "/v1.1/instances/main/api_keys/", "X-API-KEY", key)
	if code, _, log := once(t, "admin", "revoke", "admin", "syncano", "--store", dsn); code != exitFailed || !strings.Contains(log, "owns the instance main") {
		t.Errorf("of the owner: exit %d: %s", code, log)
	}
	operate(t, dsn, "", "admin", "grant", "joe", "operator")
	operate(t, dsn, "", "admin", "revoke", "joe", "operator")
}

func operateKeys(t *testing.T, g *gatewayRun, dsn string) {
	g.do(t, "PUT", "/users/2.json", `{"user":{"email":"old@example.com"}}`, append(jsonBody, admin...)...)
	with := func(path, name, value string) bool { return g.do(t, "GET", path, "", name, value).status == 200 }
	for _, c := range []struct {
		args   []string // after "key create"
		listed string
		works  func(key string) bool
	}{
		{[]string{"scim", "okta", "--write"}, "okta", func(k string) bool { return with("/scim/v2/Users", "Authorization", "Bearer "+k) }},
		{[]string{"onapp", "old"}, "old", func(k string) bool { return with("/profile.json", "Authorization", basic(k)) }},
		{[]string{"syncano", "main", "--name", "laptop", "--right", "ignore_acl"}, "laptop", func(k string) bool {
			return with("/v1.1/instances/main/users/", "X-API-KEY", k)
		}},
		{[]string{"econtext", "admin", "--name", "laptop"}, "laptop", func(k string) bool {
			id, secret, _ := strings.Cut(k, ":")
			body := `{"type":"apikey","credential":{"username":"` + id + `","password":"` + secret + `"},"application":"aa136fbd-26cc-448f-af0a-cf98fe165cc6"}`
			return strings.Contains(g.do(t, "POST", "/api/authenticate", body, append(jsonBody, admin...)...).body, `"authenticated": true`)
		}},
	} {
		dialect := c.args[0]
		key := strings.TrimSpace(operate(t, dsn, "", append([]string{"key", "create"}, c.args...)...))
		if !c.works(key) {
			t.Errorf("%s: the new key does not work", dialect)
		}
		id, listed := "", operate(t, dsn, "", "key", "list", dialect)
		for line := range strings.Lines(listed) {
			if strings.Contains(line, c.listed) {
				id = strings.Fields(line)[0]
			}
		}
		if id == "" || strings.Contains(listed, key[strings.LastIndex(key, ":")+1:]) {
			t.Errorf("%s: listed as %s", dialect, listed)
		}
		operate(t, dsn, "", "key", "revoke", dialect, id)
		if c.works(key) {
			t.Errorf("%s: the key works after its revocation", dialect)
		}
		if code, _, log := once(t, "key", "revoke", dialect, id, "--store", dsn); code != exitFailed || !strings.Contains(log, "does not exist") {
			t.Errorf("%s again: exit %d: %s", dialect, code, log)
		}
	}
	if code, _, log := once(t, "key", "create", "syncano", "main", "--right", "fly", "--store", dsn); code != exitUsage || !strings.Contains(log, "ignore_acl") {
		t.Errorf("exit %d: %s", code, log)
	}
}

func operateRealms(t *testing.T, dsn string) {
	operate(t, dsn, "", "realm", "create", "tests")
	operate(t, dsn, "", "user", "create", "eve", "--realm", "tests", "--no-password")
	if out := operate(t, dsn, "", "realm", "list"); !regexp.MustCompile(`(?m)^tests +1 users +0 deleted$`).MatchString(out) || !strings.Contains(out, "the instance main") {
		t.Errorf("listed as %s", out)
	}
	for _, c := range []struct {
		code int
		word string
		args []string
	}{
		{exitFailed, "exists already", []string{"create", "tests"}},
		{exitUsage, "--yes", []string{"drop", "tests"}},
		{exitUsage, "belongs to a dialect", []string{"drop", "syncano:accounts", "--yes"}},
		{exitFailed, "main", []string{"drop", "main", "--yes"}},
		{exitFailed, "does not exist", []string{"drop", "nowhere", "--yes"}},
	} {
		code, out, log := once(t, append(append([]string{"realm"}, c.args...), "--store", dsn)...)
		if code != c.code || out != "" || !strings.Contains(log, c.word) {
			t.Errorf("%s: exit %d: %s%s", c.args, code, out, log)
		}
	}
	if out := operate(t, dsn, "", "realm", "drop", "tests", "--yes"); out != "tests: dropped with 1 users\n" {
		t.Error(out)
	}
}
