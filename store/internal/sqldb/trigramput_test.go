package sqldb

import (
	"fmt"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/trigram"
)

// filterOf holds users whose names are numbers that are counted up.
func filterOf(f *trigram.Filter, from, to int) *trigram.Filter {
	entry := &filterEntry{1, f}
	for i := from; i < to; i++ {
		u := &core.User{Username: fmt.Sprintf("ann.lee.%08d", i), Attributes: core.Attributes{{Name: "town", Value: `"Köln"`}}}
		entry.add(newUserEntry(u, int64(i)))
	}
	return f
}

func TestFilterFindsWhatWasAddedAndLittleElse(t *testing.T) {
	old, err := trigram.Parse(make([]byte, 8192))
	if err != nil {
		t.Fatal(err)
	}
	now, before := filterOf(trigram.New(), 1024, 1536), filterOf(old, 1024, 1536)
	for name, f := range map[string]*trigram.Filter{"now": now, "begun before names had longer groups": before} {
		for i := 1024; i < 1536; i++ {
			if term := fmt.Sprintf("lee.%08d", i); !f.Names().MayContain(term) {
				t.Fatalf("%s: %q is not found", name, term)
			}
		}
		if !f.Others().MayContain("köln") || f.Others().MayContain("ann") {
			t.Errorf("%s: attributes and names are mixed up", name)
		}
	}
	others := 0
	for i := 2048; i < 102048; i += 100 {
		if now.Names().MayContain(fmt.Sprintf("lee.%08d", i)) {
			others++
		}
	}
	if others > 20 {
		t.Errorf("%d of 1000 others may be there", others)
	}
}
