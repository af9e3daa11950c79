package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the project's folder, seen from this package's.
const root = "../.."

// source is one file of the project's own Go code.
type source struct {
	name string // from the project's folder, with slashes
	*ast.File
	set *token.FileSet
}

func (s source) dir() string          { return path.Dir(s.name) }
func (s source) line(p token.Pos) int { return s.set.Position(p).Line }

func isGo(name string) bool   { return strings.HasSuffix(name, ".go") }
func isCode(name string) bool { return isGo(name) && !strings.HasSuffix(name, "_test.go") }

// sources parses the files that want keeps.
func sources(t *testing.T, want func(name string) bool) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && skipped(entry.Name()) {
			return filepath.SkipDir
		}
		if entry.IsDir() || !want(name) {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		rel, _ := filepath.Rel(root, name)
		all = append(all, source{filepath.ToSlash(rel), file, set})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// skipped folders have no Go code of ours.
func skipped(name string) bool {
	return name == "testdata" || name == "node_modules" || len(name) > 2 && name[0] == '.'
}

// importsOf maps each package's folder to what its files import.
func importsOf(t *testing.T, want func(name string) bool) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	for _, s := range sources(t, want) {
		imports[s.dir()] = append(imports[s.dir()], []string{}...)
		for _, spec := range s.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			imports[s.dir()] = append(imports[s.dir()], name)
		}
	}
	return imports
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
