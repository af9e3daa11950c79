package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// Every dialect of the table passes the suite that all dialects pass, authority and
// isolation included: [dialecttest.Run] refuses a spec without them.
func TestRuleEveryListedDialectRunsTheSuite(t *testing.T) {
	for _, row := range gateway.Table() {
		files, err := filepath.Glob(filepath.Join(root, "dialects", row.Name, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		runs := false
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			runs = runs || strings.Contains(string(text), "dialecttest.Run(t, ")
		}
		if !runs {
			t.Errorf("no test of dialects/%s calls dialecttest.Run", row.Name)
		}
	}
}
