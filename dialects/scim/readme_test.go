package scim

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every row of the README's tables of leniency, requirements and losses names its proof: a
// transcript or a test that exists. Every request of a provider that the dialect is built
// for is among the requirements.
func TestTheReadmeNamesProofs(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	proofs, ids := regexp.MustCompile("`([^`]+)`"), map[string]bool{}
	for title, least := range map[string]int{"Where it is lenient": 10, "Requirements and what proves them": 50, "What SCIM cannot carry": 14} {
		_, chapter, _ := strings.Cut(string(text), "\n## "+title+"\n")
		chapter, _, _ = strings.Cut(chapter, "\n## ")
		rows := 0
		for _, line := range strings.Split(chapter, "\n") {
			cells := strings.Split(strings.Trim(line, "| "), " | ")
			if !strings.HasPrefix(line, "| ") || strings.HasPrefix(cells[len(cells)-1], "proof") {
				continue
			}
			rows++
			for _, id := range strings.Split(cells[0], ", ") {
				ids[id] = true
			}
			found := proofs.FindAllStringSubmatch(cells[len(cells)-1], -1)
			if len(found) == 0 {
				t.Errorf("%s: the row names no proof: %s", title, line)
			}
			for _, proof := range found {
				checkProof(t, proof[1])
			}
		}
		if rows < least {
			t.Errorf("%s has %d rows", title, rows)
		}
	}
	for letter, n := range map[string]int{"E": 21, "O": 17, "A": 8, "X": 15, "R": 14} {
		for i := range n {
			if id := fmt.Sprint(letter, i+1); !ids[id] {
				t.Errorf("no row for %s", id)
			}
		}
	}
}

// checkProof fails unless the transcript or the test exists.
func checkProof(t *testing.T, proof string) {
	t.Helper()
	name, sub, _ := strings.Cut(proof, "/")
	if strings.HasPrefix(name, "Test") {
		tests, err := filepath.Glob("*_test.go")
		more, moreErr := filepath.Glob("internal/*/*_test.go")
		if err != nil || moreErr != nil {
			t.Fatal(err, moreErr)
		}
		for _, file := range append(tests, more...) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "func "+name+"(t") && (name == "TestSuite" || strings.Contains(string(text), strings.ReplaceAll(sub, "_", " "))) {
				return
			}
		}
		t.Errorf("the test %s does not exist", proof)
		return
	}
	pattern := "../../testdata/scim/" + proof
	if strings.HasPrefix(proof, "testdata/") {
		pattern = "../../" + proof
	}
	if files, err := filepath.Glob(pattern + ".http"); err != nil || len(files) == 0 {
		t.Errorf("the transcript %s does not exist: %v", proof, err)
	}
}
