package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/edge"
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
)

// crossFiles is one user, created through A, changed through B, read through C.
const crossFiles = root + "/testdata/cross"

func TestEveryOrderedPairOfDialectsHasItsConversation(t *testing.T) {
	names := []string{"syncano", "econtext", "onapp", "scim"}
	for _, a := range names {
		for _, b := range names {
			file := filepath.Join(crossFiles, a+"-"+b+".http")
			text, err := os.ReadFile(file)
			if err != nil || strings.Count(string(text), "\n====\n") < 4 {
				t.Errorf("%s: %v, %d bytes", file, err, len(text))
			}
		}
	}
}

func TestOneUserInThreeDialects(t *testing.T) { dialecttest.RunCross(t, crossFiles, crossWorld) }

// The same conversations, through the program's edge.
func TestOneUserInThreeDialectsBehindTheEdge(t *testing.T) {
	dialecttest.RunFiles(t, crossFiles, func(t testing.TB) *dialecttest.Target {
		env := dialecttest.NewEnv(t, dialecttest.SQLite())
		mux, vars := crossWorld(t, env.Dir)
		return &dialecttest.Target{URL: serveEdge(t, mux), Vars: vars, Advance: env.Clock.Advance}
	})
}

// serveEdge serves the dialects behind the program's edge, with its own server.
func serveEdge(t testing.TB, mux dialects.Mux) string {
	t.Helper()
	c, err := parsed(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	lg := c.Log.open(streams{new(lockedText), new(lockedText)})
	server := c.server(edge.New(edge.Config{
		Dialects: mux, Log: lg.requests, Metrics: edge.NewMetrics(prometheus.NewRegistry()),
		MaxRequests: c.Limits.MaxRequests, WriteTimeout: c.Limits.WriteTimeout,
	}), lg)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); _ = lg.out.Close() })
	return "http://" + l.Addr().String()
}

// gatewayOn returns a gateway with default flags on a directory, and a seed for it.
func gatewayOn(t testing.TB, dir *core.Directory) (*gateway, *seedFile) {
	t.Helper()
	c, err := parsed(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{cmd: c, services: &services{directory: dir, dsn: c.Store}}
	if err := g.openDialects(); err != nil {
		t.Fatal(err)
	}
	seed, err := parseSeed("seed.yaml", []byte(crossSeed), c.rows)
	if err != nil {
		t.Fatal(err)
	}
	return g, seed
}

// crossWorld is the seed's world: its keys, its administrator, and named data
// that Syncano and OnApp have agreed to show.
func crossWorld(t testing.TB, dir *core.Directory) (dialects.Mux, dialecttest.Vars) {
	t.Helper()
	g, seed := gatewayOn(t, dir)
	if err := g.applySeed(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
	mux := g.mux()
	declareNamedData(t, mux)
	return mux, crossVars()
}

// crossSeed is devSeed without the user that has only a hash.
var crossSeed = devSeed[:strings.Index(devSeed, "  - username: old")] + devSeed[strings.Index(devSeed, "syncano:\n"):]

func crossVars() dialecttest.Vars {
	vars := dialecttest.Vars{
		"auth": "Authorization: " + admin[1],
		"key":  "X-API-KEY: " + seedAPIKey,
		"scim": "Authorization: Bearer 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e",
		"base": econtext.DefaultApplicationID,
	}
	for _, name := range []string{"ann", "anna"} {
		vars[name+"_first"] = "Authorization: " + basic(name+":first-password")
		vars[name+"_second"] = "Authorization: " + basic(name+":second-password")
	}
	return vars
}

// declareNamedData makes age, a number, and motto, a text, part of what Syncano
// and OnApp show. eContext shows all there is.
func declareNamedData(t testing.TB, h http.Handler) {
	t.Helper()
	ask := func(method, path, body string, header ...string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(header[0], header[1])
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	}
	ask("PATCH", "/v1.1/instances/main/classes/user_profile/",
		`{"schema":[{"name":"age","type":"integer"},{"name":"motto","type":"string"}]}`, "X-API-KEY", "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70")
	ask("POST", "/user_additional_fields.json", `{"user_additional_field":{"name":"age","data_type":"integer"}}`, admin...)
	ask("POST", "/user_additional_fields.json", `{"user_additional_field":{"name":"motto"}}`, admin...)
}
