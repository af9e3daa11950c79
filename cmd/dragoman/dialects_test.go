package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// The status, which needs no authentication, shows the store's engine and not its address.
func TestStatusNamesTheEngineAlone(t *testing.T) {
	g := start(t, "--store", dbIn(t))
	if a := g.do(t, "GET", "/api/status", ""); !strings.Contains(a.body, `"mapper-name": "sqlite", `) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// toySettings, toySeed and toy are the least a dialect can be.
type toySettings struct {
	Greeting string `default:"hello" help:"What the toy says."`
}

type toySeed struct {
	Members []string `yaml:"members"`
}

type toy struct {
	dir      *core.Directory
	greeting string
}

func (*toy) Name() string          { return "toy" }
func (*toy) Owns(path string) bool { return path == "/toy" }
func (d *toy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = d.dir.View(r.Context(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, r.Header.Get("X-Toy")))
		if err == nil {
			fmt.Fprintf(w, "%s %s, %s", d.greeting, u.Username, u.Facets.Get("toy").Text())
		}
		return err
	})
}
func (*toy) Refuse(w http.ResponseWriter, _ *http.Request, why dialects.Refusal) {
	w.WriteHeader(why.Status)
}

func (d *toy) PrepareSeed(_ context.Context, s toySeed) (func(*core.Tx) error, error) {
	return func(tx *core.Tx) error {
		for _, name := range s.Members {
			u, err := tx.User(core.ByUsername(core.MainRealm, name))
			if err != nil {
				return err
			}
			u.Facets.Set("toy", []byte(`"member"`))
			if err := tx.SaveUser(u); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// withToy is the table with one row more.
func withToy() []*gateway.Row {
	return append([]*gateway.Row{gateway.NewRow(gateway.RowSpec[toySettings, toySeed]{
		Name: "toy", Title: "Toy",
		Open: func(set toySettings, s *gateway.Shared) (gateway.Seeder[toySeed], error) {
			return &toy{s.Directory, set.Greeting}, nil
		},
		FirstAccess: func(a dialects.Administrator) (toySeed, dialects.FirstAccess) {
			key := a.NewKey("xyz", 8)
			return toySeed{Members: []string{a.Username}}, dialects.FirstAccess{
				Secrets: []dialects.Secret{{Name: "Toy key", Value: key}},
				Curl:    fmt.Sprintf("curl -H 'X-Toy: %s' %s/toy", a.Username, a.BaseURL),
			}
		},
	})}, gateway.Table()...)
}

func TestADialectIsOneRow(t *testing.T) {
	startToy := func(flags ...string) *gatewayRun {
		return startWith(t, withToy(), append([]string{"--store", dbIn(t)}, flags...)...)
	}
	t.Run("with a first curl and a secret", func(t *testing.T) {
		g := startToy()
		curls := curlsIn(g.out.String())
		if len(curls) != len(withToy()) || !strings.Contains(g.out.String(), "  Toy key  ") {
			t.Fatal(g.out)
		}
		for _, c := range curls {
			if got := c.send(t, c.url); got.status != 200 || !strings.Contains(got.body, adminName) {
				t.Errorf("%s: %d %s", c.url, got.status, got.body)
			}
		}
		if got := curls[0].send(t, curls[0].url); got.body != `hello admin, "member"` {
			t.Error(got.body)
		}
	})
	t.Run("with a flag, a key of the settings file and a section of the seed", func(t *testing.T) {
		seed := writeFile(t, "seed.yaml", "users: [{username: ann}]\ntoy: {members: [ann]}\n")
		config := writeFile(t, "c.yaml", "toy: {greeting: salut}\n")
		for flag, value := range map[string]string{"--toy-greeting": "ciao", "--config": config} {
			want := map[string]string{"--toy-greeting": "ciao", "--config": "salut"}[flag]
			g := startToy("--seed", seed, flag, value)
			if got := g.do(t, "GET", "/toy", "", "X-Toy", "ann"); got.body != want+` ann, "member"` {
				t.Errorf("%s: %d %s", flag, got.status, got.body)
			}
		}
	})
	t.Run("with errors that name the line", func(t *testing.T) {
		var out, log lockedText
		seed := writeFile(t, "seed.yaml", "users: [{username: ann}]\ntoy:\n  member: [ann]\n")
		code := runWith(t.Context(), withToy(), []string{"serve", "--store", dbIn(t), "--seed", seed}, nil, &out, &log)
		if code != exitSeed || !strings.Contains(log.String(), "seed.yaml:3: ") {
			t.Errorf("exit %d: %s", code, &log)
		}
	})
	t.Run("and nothing of it is there without the row", func(t *testing.T) {
		if _, err := parsed(t, nil, "--toy-greeting", "x"); err == nil {
			t.Error("the flag is known")
		}
	})
}
