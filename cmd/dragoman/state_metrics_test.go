package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestMetricsShowBuildUsersStoreAndFailedLogins(t *testing.T) {
	g := startSeeded(t)
	g.do(t, "GET", "/profile.json", "", "Authorization", basic("admin:wrong"))
	text := g.do(t, "GET", "/_dragoman/metrics", "").body
	for _, want := range []string{
		"dragoman_build_info{commit=\"", "\ndragoman_store_up 1\n", "\ndragoman_logins_failed_total 1\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the metrics", want)
		}
	}
}

func TestMetricsCountUsersByState(t *testing.T) {
	t.Parallel()
	seed := strings.Replace(devSeed, "users:\n", `users:
  - {username: out, enabled: false}
  - {username: off, enabled: false, enabled_until: 2015-01-01T00:00:00Z}
  - {username: left, enabled_until: 2015-01-01T00:00:00Z}
  - {username: stays, enabled_until: 2999-01-01T00:00:00Z}
  - {username: gone, enabled: false, deleted_at: 2015-01-01T00:00:00Z}
`, 1)
	g := start(t, "--store", dbIn(t), "--seed", writeFile(t, "seed.yaml", seed))
	text := g.do(t, "GET", "/_dragoman/metrics", "").body
	for state, users := range map[string]int{"enabled": 3, "disabled": 2, "expired": 1, "deleted": 1} {
		if want := fmt.Sprintf("\ndragoman_users{realm=%q,state=%q} %d\n", "main", state, users); !strings.Contains(text, want) {
			t.Errorf("no %q in the metrics: %s", want, regexp.MustCompile("dragoman_users.*").FindAllString(text, -1))
		}
	}
}
