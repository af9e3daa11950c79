package main

import (
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

var (
	quoted   = regexp.MustCompile("`([^`]+)`")
	ofSuite  = regexp.MustCompile("the suite's `[^`]+` checks")
	testName = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

// Every row of a table of a dialect's README whose last column is "shown by" names a
// transcript, a folder of them, or a test, that there is.
func TestRuleDifferencesNameTheirProofs(t *testing.T) {
	tests := allTests(t)
	for _, row := range gateway.Table() {
		inTable := false
		for _, line := range strings.Split(readFile(t, "dialects/"+row.Name+"/README.md"), "\n") {
			cells := strings.Split(strings.Trim(line, "|"), " | ")
			last := strings.TrimSpace(cells[len(cells)-1])
			switch {
			case !strings.HasPrefix(line, "|"):
				inTable = false
			case last == "shown by":
				inTable = true
			case inTable && !strings.HasPrefix(line, "|---"):
				checkProofs(t, row.Name, line, last, tests)
			}
		}
	}
}

func checkProofs(t *testing.T, dialect, line, last string, tests []string) {
	t.Helper()
	found := quoted.FindAllStringSubmatch(ofSuite.ReplaceAllString(last, ""), -1)
	if len(found) == 0 && !ofSuite.MatchString(last) {
		t.Errorf("%s: the row names no proof: %s", dialect, line)
	}
	for _, proof := range found {
		if !exists(t, dialect, proof[1], tests) {
			t.Errorf("%s: %s does not exist", dialect, proof[1])
		}
	}
}

// exists reports whether there is a test or a file of the name, or, of one that is cut short, one
// that begins so.
func exists(t *testing.T, dialect, name string, tests []string) bool {
	t.Helper()
	short := strings.TrimRight(name, ".…")
	if strings.HasPrefix(name, "Test") {
		short, _, _ = strings.Cut(short, "/")
		for _, test := range tests {
			if strings.HasPrefix(test, short) {
				return true
			}
		}
		return false
	}
	if field, ok := strings.CutPrefix(short, "field/"); ok {
		short = "field/" + dialect + "/" + field
	}
	for _, base := range []string{"testdata/" + dialect, "testdata", "dialects/" + dialect, ""} {
		found, err := filepath.Glob(filepath.Join(root, path.Join(base, short)) + "*")
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			return true
		}
	}
	return false
}

// allTests are the names of all tests of the module.
func allTests(t *testing.T) (names []string) {
	t.Helper()
	for _, pattern := range []string{"*", "*/*", "*/*/*", "*/*/*/*"} {
		files, err := filepath.Glob(filepath.Join(root, pattern, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			rel, err := filepath.Rel(root, file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range testName.FindAllStringSubmatch(readFile(t, rel), -1) {
				names = append(names, m[1])
			}
		}
	}
	return names
}
