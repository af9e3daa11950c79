package main

import (
	"go/ast"
	"slices"
	"testing"
)

// Only dialects/gateway makes the parts of a gateway: a second place would sooner or
// later leave out a check or a limit of the first.
func TestRuleNothingElseAssemblesAGateway(t *testing.T) {
	parts := []string{"edge.New", "syncano.New", "econtext.New", "onapp.New", "scim.New"}
	// What renders users without serving them needs no gateway.
	renders := []string{"cmd/dragoman/export_scim.go", "cmd/dragoman/scim_commands.go"}
	found := 0
	for _, s := range sources(t, isCode) {
		ast.Inspect(s.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !slices.Contains(parts, text(call.Fun)) {
				return true
			}
			if found++; s.dir() != "dialects/gateway" && !slices.Contains(renders, s.name) {
				t.Errorf("%s:%d: calls %s: use gateway.Open", s.name, s.line(n.Pos()), text(call.Fun))
			}
			return true
		})
	}
	if found < len(parts) {
		t.Errorf("only %d calls of %v are found", found, parts)
	}
}
