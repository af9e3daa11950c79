package main

import (
	"fmt"
	"strings"
	"testing"
)

// succeeds runs a command on the user and wants its output.
func succeeds(t *testing.T, dsn, want string, args ...string) {
	t.Helper()
	code, out, log := once(t, append(args, "--store", dsn)...)
	if code != 0 || out != want+"\n" || log != "" {
		t.Errorf("%s: exit %d: %s%s", args, code, out, log)
	}
}

func TestAnOperatorUnlocksTheLastAdministrator(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		seed := writeFile(t, "seed.yaml", devSeed)
		g := start(t, "--store", dsn, "--seed", seed, "--onapp-lockout-attempts", "3")
		for i := range 3 {
			g.do(t, "GET", "/version.json", "", "Authorization", basic(fmt.Sprint("admin:wrong", i)))
		}
		if got := g.do(t, "GET", "/version.json", "", admin...); !strings.Contains(got.body, "locked") {
			t.Fatalf("not locked: %d %s", got.status, got.body)
		}
		g.end(t)
		succeeds(t, dsn, "ADMIN@example.com: unlocked", "user", "unlock", "ADMIN@example.com")
		succeeds(t, dsn, "admin: was not locked", "user", "unlock", "admin")
		g = start(t, "--store", dsn, "--seed", seed)
		if got := g.do(t, "GET", "/version.json", "", admin...); got.status != 200 {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}

func TestAnOperatorMakesAnAdministrator(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		seed := writeFile(t, "seed.yaml", "users: [{username: ann, password: changeme1}]\n")
		start(t, "--store", dsn, "--seed", seed).end(t)
		succeeds(t, dsn, "ann: has all rights in onapp", "admin", "grant", "ann", "onapp")
		succeeds(t, dsn, "ann: has all rights in econtext", "admin", "grant", "ann", "econtext")
		g := start(t, "--store", dsn, "--seed", seed)
		for _, path := range []string{"/roles.json", "/api/users"} {
			if got := g.do(t, "GET", path, "", "Authorization", basic("ann:changeme1")); got.status != 200 {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
	})
}

func TestCommandsOnUsersThatCannotBe(t *testing.T) {
	dsn := dbIn(t)
	start(t, "--store", dsn).end(t)
	for _, c := range []struct {
		code int
		word string
		args []string
	}{
		{exitFailed, "nobody: not found", []string{"user", "unlock", "nobody"}},
		{exitFailed, "admin: not found", []string{"user", "unlock", "admin", "--realm", "other"}},
		{exitUsage, "onapp", []string{"admin", "grant", "admin", "scim"}},
		{exitUsage, "--help", []string{"admin", "grant", "admin"}},
	} {
		code, out, log := once(t, append(c.args, "--store", dsn)...)
		if code != c.code || out != "" || !strings.Contains(log, c.word) || strings.Count(log, "\n") != 1 {
			t.Errorf("%s: exit %d: %s%s", c.args, code, out, log)
		}
	}
}
