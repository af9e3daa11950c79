package econtext_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/econtext/upstream"
)

const mover, moverPassword = "mover-of-all", "correct-horse-battery"

// TestEverythingMovesByTheAPI fills a gateway by each transcript, moves it by the API
// alone, and compares what both show.
func TestEverythingMovesByTheAPI(t *testing.T) {
	for name, profile := range map[string]econtext.Profile{"econtext": econtext.ProfileDocumented, "econtext-v2": econtext.ProfileV2} {
		t.Run(name, func(t *testing.T) { dialecttest.RunMove(t, move(name, profile)) })
	}
}

func move(files string, profile econtext.Profile) dialecttest.Move {
	m := dialecttest.Move{
		Files:  []string{"../../testdata/" + files},
		Build:  econtext.SuiteBuild(profile),
		Empty:  func(dir *core.Directory) dialects.Mux { return dialects.Mux{econtext.SuiteDialect(dir, profile)} },
		Caller: storeMover,
		Admit:  func(t testing.TB, dir *core.Directory) { dialecttest.SetPassword(t, dir, mover, moverPassword) },
		Live: func(t testing.TB, url string) archive.Live {
			cfg := upstream.Config{Login: mover, Secret: moverPassword, Page: 3}
			cfg.Server.URL, cfg.Server.Rate = url, -1
			u, err := upstream.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			return u
		},
		Paths: []string{
			"/api/users", "/api/users?minimal=1", "/api/users?order_by=username&limit=2", "/api/users/search/a", "/api/applications", "/api/groups",
			"/api/organizations", "/api/organizations?limit=1000", "/api/users?limit=1000&order_by=created_at", "/api/applications?limit=1000", "/api/groups?limit=1000", "/api/status",
		},
		Links: links,
	}
	if files == "econtext" {
		m.Files = append(m.Files, "../../testdata/field/econtext")
	}
	return m
}

var href = regexp.MustCompile(`"href": "https://auth\.econtext\.ai(/api/[^"\\]*)"`)

// links are the addresses in an answer, and the lists below them.
func links(_ string, body []byte) (paths []string) {
	for _, found := range href.FindAllSubmatch(body, -1) {
		path := strings.ReplaceAll(string(found[1]), " ", "%20")
		paths = append(paths, path)
		switch {
		case strings.Contains(path, "/applications/"):
			paths = append(paths, path+"/users", path+"/groups", path+"/users?minimal=1")
		case strings.Contains(path, "/groups/"):
			paths = append(paths, path+"/users", path+"/users?status=DISABLED")
		case strings.Contains(path, "/organizations/"):
			paths = append(paths, path+"/users")
		}
	}
	return paths
}

// storeMover makes a member of the base application who reads everything.
func storeMover(t testing.TB, dir *core.Directory) string {
	t.Helper()
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		u := coretest.User(mover)
		if err := tx.SeedUser(u); err != nil {
			return err
		}
		return econtext.New(econtext.Config{Directory: dir}).GrantAll(tx, u)
	})
	if err != nil {
		t.Fatal(err)
	}
	dialecttest.SetPassword(t, dir, mover, moverPassword)
	return "Authorization: " + dialecttest.Basic(mover, moverPassword)
}
