package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// Requests that no dialect has an operation for are logged, counted and listed, without
// what could be secret in them.
func TestWhatNoDialectHasIsListed(t *testing.T) {
	t.Parallel()
	dsn := dbIn(t)
	g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed), "--log-level", "debug", "--mount", "onapp=/panel")
	basic := []string{"Authorization", basicAuth("admin", "changeme1")}
	for _, path := range []string{
		"/virtual_machines_of_mine.json?api_key=hunter2", "/panel/virtual_machines_of_mine.json", "/api/nothing", "/v1.1/instances/main/channels/4711/hunter2/",
		// These have operations.
		"/users/4711.json", "/api/users", "/v1.1/instances/main/users/4711/",
	} {
		g.do(t, "GET", path, "", basic...)
	}
	g.do(t, "DELETE", "/api/users", "", basic...)
	g.do(t, "GET", "/api/hunter2", "") // without credentials: there may be an operation

	out := operate(t, dsn, "", "unknown", "--json")
	var got struct {
		Requests []struct {
			Dialect, Method, Path string
			Count                 int
		}
		Lost int
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, r := range got.Requests {
		have = append(have, strings.Join([]string{r.Dialect, r.Method, r.Path, strings.Repeat("x", r.Count)}, " "))
	}
	want := "onapp GET /virtual_machines_of_mine.json xx\necontext GET /api/nothing x\necontext DELETE /api/users x\nsyncano GET /v1.1/instances/main/channels/*/*/ x"
	if strings.Join(have, "\n") != want {
		t.Errorf("listed are\n%s\nwant\n%s", strings.Join(have, "\n"), want)
	}
	if text := operate(t, dsn, "", "unknown"); !strings.HasPrefix(text, "2  onapp") || strings.Count(text, "\n") != 4 {
		t.Errorf("for a terminal:\n%s", text)
	}
	metrics := g.do(t, "GET", "/_dragoman/metrics", "").body
	for _, line := range []string{
		`dragoman_unknown_requests_total{dialect="onapp"} 2`, `dragoman_unknown_requests_total{dialect="econtext"} 2`, `dragoman_unknown_requests_total{dialect="syncano"} 1`,
	} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("no metric %s", line)
		}
	}
	if g.end(t); strings.Count(g.log.String(), `msg="no operation for this request"`) != 5 || !strings.Contains(g.log.String(), "path=/virtual_machines_of_mine.json") {
		t.Errorf("the log: %s", g.log)
	}
	if strings.Contains(g.log.String(), "hunter2") {
		t.Errorf("a secret is in the log: %s", g.log)
	}
	if code, _, log := once(t, "unknown", "--store", dsn); code != exitFailed || !strings.Contains(log, "no gateway serves this store") {
		t.Errorf("not served: exit %d: %s", code, log)
	}
}

// Gateways of one database save what their clients miss, and the command adds it up.
func TestWhatNoDialectHasIsListedOfPostgreSQL(t *testing.T) {
	coretest.NeedLong(t)
	t.Parallel()
	dsn := pgtest.DSN(t)
	seed := writeFile(t, "seed.yaml", devSeed)
	a := start(t, "--store", dsn, "--seed", seed)
	b := start(t, "--store", dsn, "--seed", seed)
	for _, g := range []*gatewayRun{a, b} {
		g.do(t, "GET", "/virtual_machines_of_mine.json?api_key=hunter2", "", admin...)
		if code := g.end(t); code != 0 {
			t.Fatalf("exit %d: %s", code, g.log)
		}
	}
	if out := operate(t, dsn, "", "unknown"); !strings.HasPrefix(out, "2  onapp  GET  /virtual_machines_of_mine.json  ") || strings.Count(out, "\n") != 1 {
		t.Errorf("listed are\n%s", out)
	}
}
