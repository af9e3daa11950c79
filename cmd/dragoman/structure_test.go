package main

import (
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// Limits of the structure. What exceeds one is hard to find one's way in.
const (
	maxPackageFiles = 60 // non-test files of a package
	maxMethods      = 60 // methods of a type
	minSharedFiles  = 20 // names of files that every dialect has
)

// TestRuleStructure prints the measures of the code and holds their limits. The
// functions that one PUT runs are counted by TestFunctionsOfOnePut, in the long form.
func TestRuleStructure(t *testing.T) {
	m := measure(sources(t, isCode))
	t.Logf("%-44s %6d", "non-test lines", m.lines)
	t.Logf("%-44s %6d  %s", "most files in a package", m.files.n, m.files.name)
	t.Logf("%-44s %6d  %s", "most methods of a type", m.methods.n, m.methods.name)
	t.Logf("%-44s %6d  %s", "file names shared by the vendors' dialects", len(m.shared), strings.Join(m.shared, " "))
	if m.files.n > maxPackageFiles {
		t.Errorf("%s has %d files; split a package above %d", m.files.name, m.files.n, maxPackageFiles)
	}
	if m.methods.n > maxMethods {
		t.Errorf("%s has %d methods; split a type above %d", m.methods.name, m.methods.n, maxMethods)
	}
	if len(m.shared) < minSharedFiles {
		t.Errorf("only %d file names are the same in each dialect, want %d: see \"Add a dialect\" in README.md", len(m.shared), minSharedFiles)
	}
}

// largest is the name with the highest count.
type largest struct {
	name string
	n    int
}

func largestOf(counts map[string]int) (l largest) {
	for name, n := range counts {
		if n > l.n || n == l.n && name < l.name {
			l = largest{name, n}
		}
	}
	return l
}

type measures struct {
	lines          int
	files, methods largest
	shared         []string
}

func measure(code []source) (m measures) {
	files, methods, holders := map[string]int{}, map[string]int{}, map[string]int{}
	for _, s := range code {
		m.lines += s.line(s.FileEnd)
		files[s.dir()]++
		if slices.Contains([]string{"dialects/syncano", "dialects/econtext", "dialects/onapp"}, s.dir()) {
			holders[path.Base(s.name)]++
		}
		for _, d := range s.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
				methods[s.dir()+"."+receiver(f)]++
			}
		}
	}
	for name, n := range holders {
		if n == 3 {
			m.shared = append(m.shared, name)
		}
	}
	slices.Sort(m.shared)
	m.files, m.methods = largestOf(files), largestOf(methods)
	return m
}

// receiver returns the name of the type that f is a method of.
func receiver(f *ast.FuncDecl) string {
	x := f.Recv.List[0].Type
	for {
		switch e := x.(type) {
		case *ast.StarExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.IndexListExpr:
			x = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}
