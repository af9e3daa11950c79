package sandbox

import (
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
