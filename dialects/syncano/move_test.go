package syncano_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/upstream"
)

const (
	moverKey   = "ca11ab1ec0ffee00ca11ab1ec0ffee00ca11ab1a"
	moverEmail = "mover@example.com"
)

// TestEverythingMovesByTheAPI fills an instance by each transcript, moves it by the API
// alone, and compares what both show.
func TestEverythingMovesByTheAPI(t *testing.T) { dialecttest.RunMove(t, move()) }

func move() dialecttest.Move {
	return dialecttest.Move{
		Files: []string{"../../testdata/syncano", "../../testdata/field/syncano"},
		Build: func(t testing.TB, dir *core.Directory) (dialects.Mux, dialecttest.Vars) {
			return dialects.Mux{syncano.New(config(t, dir))}, setup(t, dir)
		},
		Empty: func(dir *core.Directory) dialects.Mux {
			return dialects.Mux{syncano.New(syncano.Config{Directory: dir})}
		},
		Caller: storeMover,
		Admit:  func(t testing.TB, dir *core.Directory) { storeMover(t, dir) },
		Live: func(t testing.TB, url string) archive.Live {
			cfg := upstream.Config{AccountKey: moverKey, Page: 3, WithoutFiles: true}
			cfg.Server.URL, cfg.Server.Rate = url, -1
			u, err := upstream.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			return u
		},
		Paths: []string{
			main, v2main, main + "users/", v2main + "users/", main + "users/?ordering=desc&page_size=2", main + "groups/", v2main + "groups/", main + "classes/", v2main + "classes/",
			main + "api_keys/", v2main + "api_keys/", v2main + "users/acl/", v2main + "groups/acl/", v2main + "users/schema/", "/v1/instances/main/users/",
		},
		Links: links,
		Hidden: []dialecttest.Hidden{
			{Why: "passwords of accounts", Path: regexp.MustCompile("/instances/main/$"), Text: regexp.MustCompile(`"has_password":(true|false)`)},
			{Why: "uploaded files", Path: regexp.MustCompile("/(users|objects)/"), Text: regexp.MustCompile(`"avatar":(null|\{"type":"file","value":"[^"]*"\})`)},
			{Why: "users of a list who do not exist", Path: regexp.MustCompile("/users/acl/$"), Text: regexp.MustCompile(`^\{"acl":\{("users":\{"1":\["list"\]\})?\}\}$`)},
		},
	}
}

const v2main = "/v2/instances/main/"

var link = regexp.MustCompile(`"(/v[0-9.]+/instances/main/(?:users|groups|classes|api_keys)/[^"]*)"`)

// links are those of an answer that can be fetched.
func links(_ string, body []byte) (paths []string) {
	for _, found := range link.FindAllSubmatch(body, -1) {
		if path := string(found[1]); !strings.Contains(path, "reset_key") {
			paths = append(paths, path)
		}
	}
	return paths
}

// storeMover makes an account with full rights in the instance, which is made if a
// transcript has deleted it.
func storeMover(t testing.TB, dir *core.Directory) string {
	t.Helper()
	d := syncano.New(config(t, dir))
	account := syncano.SeedAccount{Email: moverEmail, AccountKey: moverKey}
	seed := syncano.Seed{Accounts: []syncano.SeedAccount{account}}
	err := dir.View(context.Background(), func(tx *core.Tx) error {
		_, _, err := syncano.StoredInstance(tx, "main")
		return err
	})
	if errors.Is(err, core.ErrNotFound) {
		seed.Instances, err = []syncano.SeedInstance{{Name: "main", Owner: moverEmail}}, nil
	}
	if err == nil {
		err = d.Seed(context.Background(), seed)
	}
	if err == nil {
		err = dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
			return d.GrantAll(tx, &core.User{Realm: core.MainRealm, Email: moverEmail})
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return "X-API-KEY: " + moverKey
}
