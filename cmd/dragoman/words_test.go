package main

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Words that must not come back, each with the term to use instead. They were
// private words of the project or metaphors, and a new reader knew none of them.
var forbiddenWords = []struct{ pattern, better string }{
	{`furnitures?|furnish(es|ed|ing)?`, "dialect-owned data, provision"},
	{`nobody|somebody`, "name the user, the caller or the client"},
	{`anew`, "again"},
	{`tells? (whether|which|what|how)`, "reports whether, returns"},
	{`who has`, "a caller that has"},
	{`speaks? of`, "describes, names"},
	{`so long`, "for this long"},
	{`takes? down`, "indexes, records"},
	{`planted|planting|plants?`, "apply the seed"},
	{`decoy`, "dummyCredential"},
	{`headroom`, "GC settings"},
	{`unfurnished`, "missing profile"},
	{`drawn|drawing`, "render cache"},
	{`gather(s|ed|ing)?`, "load, collect"},
	{`grams?`, "trigram"},
	{`arena|crowd|contender|tally`, "benchmark terms: environment, population, workload, counts"},
	{`the short way|the long way`, "fast path"},
}

func TestRuleForbiddenWordsStayOut(t *testing.T) {
	patterns := make([]string, len(forbiddenWords))
	for i, w := range forbiddenWords {
		patterns[i] = w.pattern
	}
	anyBad := regexp.MustCompile(`(?i)` + strings.Join(patterns, "|"))
	texts := slices.DeleteFunc(ownText(t), func(text ownWords) bool { return !anyBad.MatchString(text.text) })
	for _, w := range forbiddenWords {
		bad := regexp.MustCompile(`(?i)(\b|_)(` + w.pattern + `)(\b|_)`)
		for _, text := range texts {
			if found := bad.FindString(text.text); found != "" {
				t.Errorf("%s:%d: %q: use %s", text.file, text.line, found, w.better)
			}
		}
	}
}

// ownWords is one line, comment, identifier or text of the project.
type ownWords struct {
	file string
	line int
	text string
}

// ownText returns the project's own words: documents line by line; of Go files
// the comments and identifiers, and outside of tests the texts, which clients and
// operators read. Recorded conversations and SQL are data.
func ownText(t *testing.T) (all []ownWords) {
	t.Helper()
	for _, s := range sources(t, isGo) {
		if path.Base(s.name) == "words_test.go" {
			continue
		}
		for _, group := range s.Comments {
			for _, c := range group.List {
				all = append(all, ownWords{s.name, s.line(c.Pos()), c.Text})
			}
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if n.Name == "NoBody" || n.Name == "Gather" { // net/http's, Prometheus's
					return true
				}
				all = append(all, ownWords{s.name, s.line(n.Pos()), n.Name})
			case *ast.BasicLit:
				if isCode(s.name) && !strings.HasPrefix(s.name, "store/") {
					all = append(all, ownWords{s.name, s.line(n.Pos()), n.Value})
				}
			}
			return true
		})
	}
	for _, name := range documents(t) {
		for i, line := range strings.Split(readFile(t, name), "\n") {
			all = append(all, ownWords{name, i + 1, line})
		}
	}
	return all
}

// documents returns the Markdown files and the script that checks a change.
func documents(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() && skipped(entry.Name()) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".md") {
			rel, _ := filepath.Rel(root, name)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return append(names, ".ci/run")
}

var referencePointer = regexp.MustCompile(`REFERENCE\.md, "([^"]+)"`)

// A comment that names a source must lead to it: the heading must be in the
// REFERENCE.md of the file's own dialect.
func TestRuleReferencesLeadSomewhere(t *testing.T) {
	for _, s := range sources(t, isGo) {
		parts := strings.Split(s.name, "/")
		if parts[0] != "dialects" || len(parts) < 3 {
			continue
		}
		for _, group := range s.Comments {
			text := strings.Join(strings.Fields(group.Text()), " ")
			if strings.Contains(text, "vendor reference") {
				t.Errorf("%s:%d names a document that is not here", s.name, s.line(group.Pos()))
			}
			for _, m := range referencePointer.FindAllStringSubmatch(text, -1) {
				if !hasHeading(readFile(t, "dialects/"+parts[1]+"/REFERENCE.md"), m[1]) {
					t.Errorf("%s:%d: REFERENCE.md has no heading %q", s.name, s.line(group.Pos()), m[1])
				}
			}
		}
	}
}

func hasHeading(text, heading string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") && strings.TrimSpace(strings.TrimLeft(line, "#")) == heading {
			return true
		}
	}
	return false
}
