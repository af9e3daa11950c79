package main

import (
	"strings"
	"testing"
)

func TestMetricsShowBuildUsersStoreAndFailedLogins(t *testing.T) {
	g := startSeeded(t)
	g.do(t, "GET", "/profile.json", "", "Authorization", basic("admin:wrong"))
	text := g.do(t, "GET", "/_dragoman/metrics", "").body
	for _, want := range []string{
		"dragoman_build_info{commit=\"", "\ndragoman_store_up 1\n", "\ndragoman_logins_failed_total 1\n",
		"\ndragoman_users{realm=\"main\",state=\"present\"} 2\n", "\ndragoman_users{realm=\"main\",state=\"deleted\"} 0\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the metrics", want)
		}
	}
}
