package onapp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/onapp"
	"github.com/dragoman-gateway/dragoman/dialects/onapp/upstream"
)

const mover, moverPassword = "mover-of-all", "correct-horse-battery"

// TestEverythingMovesByTheAPI fills a panel by each transcript, moves it by the API alone,
// and compares what both show.
func TestEverythingMovesByTheAPI(t *testing.T) {
	for version, files := range map[string][]string{
		"6.3.0": {"../../testdata/onapp", "../../testdata/field/onapp"}, "4.2.0": {"../../testdata/onapp-v4"}, "5.5.0": {"../../testdata/onapp-v5"},
	} {
		t.Run(version, func(t *testing.T) { dialecttest.RunMove(t, move(version, files)) })
	}
}

func move(version string, files []string) dialecttest.Move {
	path, _, _, _ := onapp.BucketsOf(version)
	m := dialecttest.Move{
		Files:  files,
		Build:  onapp.SuiteBuild(version),
		Empty:  func(dir *core.Directory) dialects.Mux { return dialects.Mux{onapp.SuiteDialect(dir, version)} },
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
		Links: links(path),
	}
	for _, list := range []string{"/users", "/roles", "/user_groups", "/organizations", path, "/user_additional_fields", "/billing/user/payments", "/settings", "/version", "/permissions"} {
		m.Paths = append(m.Paths, list+".json", list+".xml")
	}
	return m
}

// links are the objects of a list, and what belongs to each.
func links(buckets string) func(path string, body []byte) []string {
	below := map[string][]string{
		"/users": {"/user_white_lists", "/yubi_keys", "/ssh_keys", "/payments", "/resource_limit", "/limits", "/user_statistics"},
		"/roles": nil, "/user_groups": {"/users"}, "/organizations": {"/users"}, "/user_additional_fields": nil,
		buckets: {"/access_controls", "/rate_cards", "/resources", "/base_resources"},
	}
	one := regexp.MustCompile(`^(/[a-z_/]+)/\d+(/[a-z_]+)?\.json$`)
	return func(path string, body []byte) (paths []string) {
		list := strings.TrimSuffix(path, ".json")
		if m := one.FindStringSubmatch(path); m != nil && m[2] == "" {
			for _, sub := range below[m[1]] {
				paths = append(paths, list+sub+".json")
			}
			return append(paths, list+".xml")
		}
		if _, ok := below[list]; !ok {
			return nil
		}
		var items []map[string]struct{ ID int64 }
		_ = json.Unmarshal(body, &items)
		for _, item := range items {
			for _, v := range item {
				paths = append(paths, fmt.Sprintf("%s/%d.json", list, v.ID))
			}
		}
		return paths
	}
}

// storeMover makes an administrator who reads everything.
func storeMover(t testing.TB, dir *core.Directory) string {
	t.Helper()
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		u := coretest.User(mover)
		if err := tx.SeedUser(u); err != nil {
			return err
		}
		return onapp.New(onapp.Config{Directory: dir}).GrantAll(tx, u)
	})
	if err != nil {
		t.Fatal(err)
	}
	dialecttest.SetPassword(t, dir, mover, moverPassword)
	return "Authorization: " + dialecttest.Basic(mover, moverPassword)
}
