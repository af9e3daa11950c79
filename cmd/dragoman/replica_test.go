package main

import (
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// postgres is PostgreSQL for the conversations.
func postgres() dialecttest.Engine {
	return dialecttest.Engine{Name: "postgres", Open: func(t testing.TB) core.Store {
		s, err := store.Open(t.Context(), pgtest.DSN(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}}
}

func TestOneUserInThreeDialectsOnPostgreSQL(t *testing.T) {
	coretest.NeedLong(t)
	pgtest.DSN(t) // says that it was skipped, once and not nine times
	dialecttest.RunFiles(t, crossFiles, func(t testing.TB) *dialecttest.Target {
		target := dialecttest.NewServerOn(t, postgres(), crossWorld).Target()
		target.Rewrite = false
		return target
	})
}

func TestTwoReplicasThatStartAtOnceMakeOneAdministrator(t *testing.T) {
	dsn := pgtest.DSN(t)
	a, b := launch(t, "--store", dsn), launch(t, "--store", dsn)
	for _, g := range []*gatewayRun{a, b} {
		g.base = "http://" + g.awaitAddress(t)
	}
	commands := curlsIn(a.out.String() + b.out.String())
	if len(commands) != len(gateway.Table()) {
		t.Fatalf("%d commands: %s\n%s", len(commands), a.out, b.out)
	}
	for _, c := range commands {
		path := c.url[strings.Index(c.url[len("http://"):], "/")+len("http://"):]
		for _, g := range []*gatewayRun{a, b} {
			if got := c.send(t, g.base+path); got.status != 200 {
				t.Errorf("%s%s: %d %s", g.base, path, got.status, got.body)
			}
		}
	}
}

func TestReplicaShowsWhatAnotherHasWritten(t *testing.T) {
	flags := []string{"--store", pgtest.DSN(t), "--seed", writeFile(t, "seed.yaml", devSeed)}
	a, b := start(t, flags...), start(t, flags...)
	for i, name := range []string{"Augusta", "Byron", "King"} {
		writer, reader := a, b
		if i%2 == 1 {
			writer, reader = b, a
		}
		got := writer.do(t, "PUT", "/users/1.json", `{"user":{"first_name":"`+name+`"}}`, append([]string{"Content-Type", "application/json"}, admin...)...)
		if got.status >= 300 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if got := reader.do(t, "GET", "/users/1.json", "", admin...); !strings.Contains(got.body, name) {
			t.Errorf("the other replica does not show %s: %d %s", name, got.status, got.body)
		}
	}
}

func TestReplicasShareAKeyFile(t *testing.T) {
	dsn, seed := pgtest.DSN(t), writeFile(t, "seed.yaml", devSeed)
	key := writeFile(t, "dragoman.key", strings.Repeat("0123456789abcdef", 4)+"\n")
	plain := start(t, "--store", dsn, "--seed", seed)
	if !strings.Contains(plain.log.String(), "in plain text") {
		t.Errorf("no warning of plain secrets: %s", plain.log)
	}
	plain.end(t)
	flags := []string{"--store", dsn, "--seed", seed, "--seal-key-file", key}
	a, b := start(t, flags...), start(t, flags...)
	if strings.Contains(a.log.String(), "in plain text") {
		t.Errorf("a warning of sealed secrets: %s", a.log)
	}
	for _, secret := range askForSecrets(t, a)["user_key"][1:] {
		if got := b.do(t, "GET", "/v1.1/instances/main/user/", "", "X-API-KEY", seedAPIKey, "X-USER-KEY", secret); got.status != 200 || !strings.Contains(got.body, secret) {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	refused(t, exitStore, "name its file with --seal-key-file", "--listen", "127.0.0.1:0", "--store", dsn)
	refused(t, exitStore, "does not hold key", "--listen", "127.0.0.1:0", "--store", dsn, "--seal-key-file", writeFile(t, "other.key", strings.Repeat("ab", 32)))
}

func TestLosingTheDatabaseIsOneLineAndSoIsItsReturn(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, false)
	g := start(t, "--store", server.DSN(t)+"&retry=100ms&cache=0", "--seed", writeFile(t, "seed.yaml", devSeed), "--log-format", "json")
	server.Stop(t)
	for range 3 {
		if got := g.do(t, "GET", "/users.json", "", admin...); got.status != 503 {
			t.Errorf("%d without the database: %s", got.status, got.body)
		}
	}
	server.Start(t)
	for end := time.Now().Add(2 * time.Minute); g.do(t, "GET", "/_dragoman/ready", "").status != 200; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not ready again: %s", g.log)
		}
	}
	g.end(t)
	for _, line := range []string{`"level":"ERROR","msg":"the database cannot be reached","error"`, `"level":"INFO","msg":"the database can be reached again"`} {
		if n := strings.Count(g.log.String(), line); n != 1 {
			t.Errorf("%d lines with %s: %s", n, line, g.log)
		}
	}
}
