package sqldb

import (
	"fmt"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// summaryOf takes users down whose names are numbers that are counted up.
func summaryOf(g grams, from, to int) *grams {
	for i := from; i < to; i++ {
		u := &core.User{Username: fmt.Sprintf("ann.lee.%08d", i), Attributes: core.Attributes{{Name: "town", Value: `"Köln"`}}}
		g.sumUser(newUserEntry(u, int64(i)))
	}
	return &g
}

func TestSummaryFindsWhomItTookDownAndFewOthers(t *testing.T) {
	now := summaryOf(newGrams(1), 1024, 1536)
	before := summaryOf(grams{1, make([]byte, gramBytes)}, 1024, 1536)
	for name, g := range map[string]*grams{"now": now, "begun before names had longer groups": before} {
		for i := 1024; i < 1536; i++ {
			if term := fmt.Sprintf("lee.%08d", i); !g.names().may(term) {
				t.Fatalf("%s: %q is not found", name, term)
			}
		}
		if !g.rest().may("köln") || g.rest().may("ann") {
			t.Errorf("%s: attributes and names are mixed up", name)
		}
	}
	others := 0
	for i := 2048; i < 102048; i += 100 {
		if now.names().may(fmt.Sprintf("lee.%08d", i)) {
			others++
		}
	}
	if others > 20 {
		t.Errorf("%d of 1000 others might be there", others)
	}
}
