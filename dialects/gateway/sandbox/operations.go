package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// Operation is what a dialect can be asked for.
type Operation struct {
	Dialect string `json:"dialect"`
	Name    string `json:"operation"`
}

// checkTarget fails unless there is such an operation, of such a dialect where one is named;
// the member is that of the operation.
func checkTarget(member, operation, dialect string, operations []Operation) error {
	fits := func(o Operation) bool {
		return (operation == "" || o.Name == operation) && (dialect == "" || o.Dialect == dialect)
	}
	switch {
	case slices.ContainsFunc(operations, fits):
		return nil
	case dialect != "" && !slices.ContainsFunc(operations, func(o Operation) bool { return o.Dialect == dialect }):
		return invalid("dialect", fmt.Sprintf("unknown dialect %q", dialect))
	}
	return invalid(member, fmt.Sprintf("unknown operation %q; GET /_dragoman/operations lists all operations", operation))
}

// operationsOf lists the operations of a gateway's dialects.
func operationsOf(g *gateway.Gateway) []Operation {
	seen := map[Operation]bool{}
	for _, d := range g.Dialects() {
		if l, ok := d.(dialects.Lister); ok {
			for _, name := range l.Operations() {
				if name != "" {
					seen[Operation{d.Name(), name}] = true
				}
			}
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b Operation) int {
		return strings.Compare(a.Dialect+" "+a.Name, b.Dialect+" "+b.Name)
	})
}
