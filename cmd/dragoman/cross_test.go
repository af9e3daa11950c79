package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// crossFiles is one user, created through A, changed through B, read through C.
const crossFiles = root + "/testdata/cross"

func TestRuleEveryOrderedPairOfDialectsHasItsConversation(t *testing.T) {
	for _, a := range gateway.Table() {
		for _, b := range gateway.Table() {
			file := filepath.Join(crossFiles, a.Name+"-"+b.Name+".http")
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
		server := httptest.NewServer(crossGateway(t, env.Dir).Handler())
		t.Cleanup(server.Close)
		return &dialecttest.Target{URL: server.URL, Vars: crossVars(), Advance: env.Clock.Advance}
	})
}

// gatewayOn returns a gateway with default flags, but for cheap hashes, on a directory, and a seed for it.
func gatewayOn(t testing.TB, dir *core.Directory) (*gateway.Gateway, *gateway.Seed) {
	t.Helper()
	c, err := parsed(t, nil, cheap...)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{cmd: c, log: c.Log.open(streams{out: new(lockedText), err: new(lockedText)})}
	t.Cleanup(func() { _ = s.log.out.Close() })
	cfg := s.config()
	cfg.Directory = dir
	g, err := gateway.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := gateway.ParseSeed("seed.yaml", []byte(crossSeed), c.rows)
	if err != nil {
		t.Fatal(err)
	}
	return g, seed
}

// crossWorld is the seed's world: its keys, its administrator, and named data
// that Syncano and OnApp have agreed to show.
func crossWorld(t testing.TB, dir *core.Directory) (dialects.Mux, dialecttest.Vars) {
	t.Helper()
	g := crossGateway(t, dir)
	return g.Dialects(), crossVars()
}

func crossGateway(t testing.TB, dir *core.Directory) *gateway.Gateway {
	t.Helper()
	g, seed := gatewayOn(t, dir)
	if err := g.ApplySeed(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
	declareNamedData(t, g.Dialects())
	return g
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
