package main

import (
	"strings"
	"testing"
)

// Who may not ask for anything else learns which engine keeps the data, and not where.
func TestStatusNamesTheEngineAlone(t *testing.T) {
	g := start(t, "--store", dbIn(t))
	if a := g.do(t, "GET", "/api/status", ""); !strings.Contains(a.body, `"mapper-name": "sqlite", `) {
		t.Errorf("%d %s", a.status, a.body)
	}
	for dsn, want := range map[string]string{
		"sqlite::memory:":                  "sqlite",
		"postgres://u:secret@db:5432/d":    "postgres",
		"postgresql://u:secret@db:5432/d?": "postgres",
	} {
		if have := storeName(dsn); have != want {
			t.Errorf("%s is called %q", dsn, have)
		}
	}
}
