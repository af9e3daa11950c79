package main

import (
	"go/ast"
	"maps"
	"slices"
	"testing"
)

// operatorUses lists the functions that may act as the operator, who may do
// everything: what no client asked for. A request's change is made by its caller.
func operatorUses() map[string]string {
	return map[string]string{
		"cmd/dragoman/internal/operator/operator.go update": "a command of the operator",

		"core/directory.go upgrade":                                "replaces a hash by a better one of the same password",
		"core/provision.go provision":                              "adds what a dialect needs of every new user",
		"core/provision.go provisionRealm":                         "the same at start, for users who are there already",
		"core/provision.go prepareRemoval":                         "takes away what provisioning added, after the removal was decided",
		"core/removal.go repeatRemovalStep":                        "goes on with the removal of a realm, which was decided when it began",
		"dialects/onapp/lockout.go updateFacet":                    "counts failed logins",
		"dialects/onapp/seed.go Seed":                              "the operator's seed",
		"dialects/econtext/seed.go Seed":                           "the operator's seed",
		"dialects/scim/seed.go Seed":                               "the operator's seed",
		"dialects/syncano/seed.go Seed":                            "the operator's seed",
		"core/archive/import.go apply":                             "the operator's import",
		"core/archive/import.go prepare":                           "the same",
		"cmd/dragoman/mapping_flag.go addMappings":                 "the operator's flag",
		"core/archive/import.go dryRun":                            "the same, rolled back",
		"dialects/syncano/account_reset.go confirmAccountPassword": "the operator's hook carried the token for a new password",
		"dialects/syncano/social.go linkSocialUser":                "the operator's hook says who the user is",
		"dialects/gateway/sandbox/sandbox.go AddUser":              "a Go test adds a user",
		"dialects/gateway/seed_apply.go run":                       "the operator's seed",
		"dialects/adoption/bring.go bring":                         "keeps what the vendor has proven, at the login of its owner",
		"dialects/console/console.go update":                       "an operator who has signed in to the console",
	}
}

func TestRuleOnlyTheOperatorsWorkIsDoneAsTheOperator(t *testing.T) {
	unused := operatorUses()
	allowed := maps.Clone(unused)
	for _, s := range sources(t, isCode) {
		for _, d := range s.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || testsOrMeasures(s.dir()) || !namesOperator(f, s.dir()) {
				continue
			}
			place := s.name + " " + f.Name.Name
			delete(unused, place)
			if allowed[place] == "" {
				t.Errorf("%s acts as core.Operator(), who may do everything: name the caller, or add the function with its reason", place)
			}
		}
	}
	for _, place := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("%s does not act as the operator: remove it from the list", place)
	}
}

// testsOrMeasures reports whether a package serves no client.
func testsOrMeasures(pkg string) bool {
	return slices.Contains([]string{"dialects/dialecttest", "store/storetest", "core/coretest", "cmd/dragoman-bench"}, pkg)
}

// namesOperator reports whether the function of a package uses core.Operator.
func namesOperator(f *ast.FuncDecl, pkg string) (found bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			of, ok := n.X.(*ast.Ident)
			found = found || ok && of.Name == "core" && (n.Sel.Name == "Operator" || n.Sel.Name == "ActingOperator")
		case *ast.Ident:
			found = found || pkg == "core" && n.Name == "Operator"
		}
		return !found
	})
	return found
}
