package main

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/token"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Limits of the project's code. Tests may be longer.
const (
	maxFunction = 80  // lines
	maxFile     = 400 // lines
)

func TestRuleNoFunctionAndNoFileIsTooLongToReadAtOnce(t *testing.T) {
	for _, s := range sources(t, isCode) {
		if n := s.line(s.FileEnd); n > maxFile {
			t.Errorf("%s has %d lines; a file holds one idea, in at most %d", s.name, n, maxFile)
		}
		for _, d := range s.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := s.line(f.End()) - s.line(f.Pos()) + 1; n > maxFunction {
				t.Errorf("%s: %s has %d lines; at most %d fit on a screen", s.name, f.Name.Name, n, maxFunction)
			}
		}
	}
}

func TestRuleNothingHappensAtImport(t *testing.T) {
	for _, s := range sources(t, isCode) {
		for _, d := range s.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function: plug-ins are listed in a table, and nothing registers itself", s.name)
			}
		}
	}
}

func TestRuleEveryPackageSaysWhatItIsFor(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t, isCode) {
		documented[s.dir()] = documented[s.dir()] || s.Doc != nil
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

// Package variables are for what never changes: errors, tables, assertions.
func TestRuleNoPackageKeepsState(t *testing.T) {
	packages := map[string][]source{}
	for _, s := range sources(t, isCode) {
		packages[s.dir()] = append(packages[s.dir()], s)
	}
	for _, files := range packages {
		vars := packageState{map[string]bool{}, map[any]bool{}}
		for _, s := range files {
			for _, spec := range packageVars(s) {
				checkVar(t, s, spec)
				vars.add(spec)
			}
		}
		for _, s := range files {
			vars.checkUnchanged(t, s)
		}
	}
}

// packageState is the variables of a package: their names, for other files, and
// their declarations, for their own.
type packageState struct {
	names map[string]bool
	decls map[any]bool
}

func (p packageState) add(spec *ast.ValueSpec) {
	p.decls[spec] = true
	for _, name := range spec.Names {
		p.names[name.Name] = true
	}
}

// has tells a package's variable from a local one of the same name: the parser
// resolves names within a file, and leaves those of other files without object.
func (p packageState) has(id *ast.Ident) bool {
	return id.Name != "_" && p.names[id.Name] && (id.Obj == nil || p.decls[id.Obj.Decl])
}

func packageVars(s source) []*ast.ValueSpec {
	var specs []*ast.ValueSpec
	for _, d := range s.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				specs = append(specs, spec.(*ast.ValueSpec))
			}
		}
	}
	return specs
}

// checkVar refuses a variable that is meant to change later: one without a
// value, or of a type whose only use is to hold state.
func checkVar(t *testing.T, s source, spec *ast.ValueSpec) {
	t.Helper()
	if spec.Names[0].Name == "_" {
		return
	}
	if len(spec.Values) == 0 && text(spec.Type) != "embed.FS" {
		t.Errorf("%s:%d: %s has no value yet, so it is set later: pass it instead", s.name, s.line(spec.Pos()), spec.Names[0])
	}
	if len(spec.Values) == 1 && strings.HasPrefix(text(spec.Values[0]), "sync.Pool{") {
		return // a pool is a cache
	}
	for _, e := range append(spec.Values[:len(spec.Values):len(spec.Values)], spec.Type) {
		for _, place := range []string{"sync.Map", "sync.Mutex", "sync.RWMutex", "atomic.", "chan ", "new("} {
			if strings.Contains(text(e), place) {
				t.Errorf("%s:%d: %s is a place to keep state: make it part of a value that is passed", s.name, s.line(spec.Pos()), spec.Names[0])
			}
		}
	}
}

// checkUnchanged refuses statements that change a package variable.
func (p packageState) checkUnchanged(t *testing.T, s source) {
	t.Helper()
	refuse := func(e ast.Expr) {
		if id := rootIdent(e); id != nil && p.has(id) {
			t.Errorf("%s:%d: changes the package variable %s", s.name, s.line(id.Pos()), id.Name)
		}
	}
	ast.Inspect(s.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					refuse(e)
				}
			}
		case *ast.IncDecStmt:
			refuse(n.X)
		}
		return true
	})
}

// rootIdent is x of x, x.f, x[i] and *x.
func rootIdent(e ast.Expr) *ast.Ident {
	for {
		switch v := e.(type) {
		case *ast.Ident:
			return v
		case *ast.SelectorExpr:
			e = v.X
		case *ast.IndexExpr:
			e = v.X
		case *ast.StarExpr:
			e = v.X
		case *ast.ParenExpr:
			e = v.X
		default:
			return nil
		}
	}
}

// text prints an expression.
func text(e ast.Expr) string {
	if e == nil {
		return ""
	}
	var b bytes.Buffer
	if err := format.Node(&b, token.NewFileSet(), e); err != nil {
		return ""
	}
	return b.String()
}

// topLevel lists what the project's folder may contain besides dot-files.
var topLevel = []string{"CHANGELOG.md", "LICENSE", "README.md", "cmd", "core", "dialects", "go.mod", "go.sum", "store", "testdata"}

func TestRuleTheProjectsFolderHoldsNothingElse(t *testing.T) {
	for _, name := range tracked(t) {
		if !strings.HasPrefix(name, ".") && !slices.Contains(topLevel, name) {
			t.Errorf("%s does not belong at the top level", name)
		}
	}
}

func TestRuleTheReadmeNamesEveryTopLevelFolder(t *testing.T) {
	readme := readFile(t, "README.md")
	for _, name := range tracked(t) {
		if info, err := os.Stat(root + "/" + name); err != nil || !info.IsDir() || name[0] == '.' {
			continue
		}
		if !strings.Contains(readme, "`"+name+"/`") {
			t.Errorf("README.md does not say what `%s/` is", name)
		}
	}
}

// tracked lists the top-level entries that belong to the project: those that git
// keeps or, in a folder without git, all.
func tracked(t *testing.T) []string {
	t.Helper()
	if out, err := exec.Command("git", "-C", root, "ls-tree", "--name-only", "HEAD").Output(); err == nil {
		return strings.Fields(string(out))
	}
	var names []string
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
