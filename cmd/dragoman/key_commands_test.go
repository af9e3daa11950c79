package main

import (
	"strings"
	"testing"
)

func TestAnOperatorMakesListsAndRevokesTokens(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		seed := writeFile(t, "seed.yaml", "users: [{username: ann}]\n")
		start(t, "--store", dsn, "--seed", seed).end(t)
		code, out, log := once(t, "key", "create", "scim", "okta", "--write", "--store", dsn)
		token := strings.TrimSpace(out)
		if code != 0 || len(token) < 40 || log != "" {
			t.Fatalf("exit %d: %s%s", code, out, log)
		}
		_, listed, _ := once(t, "key", "list", "scim", "--store", dsn)
		id, _, _ := strings.Cut(listed, " ")
		if strings.Contains(listed, token) || !strings.HasSuffix(listed, "  write  main  okta\n") {
			t.Errorf("listed as %q", listed)
		}
		g := start(t, "--store", dsn, "--seed", seed)
		if got := g.do(t, "GET", "/scim/v2/Users", "", "Authorization", "Bearer "+token); got.status != 200 || !strings.Contains(got.body, `"ann"`) {
			t.Errorf("%d %s", got.status, got.body)
		}
		g.end(t)
		succeeds(t, dsn, "okta: revoked", "key", "revoke", "scim", id)
		if code, _, log := once(t, "key", "revoke", "scim", id, "--store", dsn); code != exitFailed || !strings.Contains(log, "does not exist") {
			t.Errorf("again: exit %d: %s", code, log)
		}
		g = start(t, "--store", dsn, "--seed", seed)
		if got := g.do(t, "GET", "/scim/v2/Users", "", "Authorization", "Bearer "+token); got.status != 401 {
			t.Errorf("after its revocation: %d %s", got.status, got.body)
		}
	})
}
