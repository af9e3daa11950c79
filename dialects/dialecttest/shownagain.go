package dialecttest

import (
	"net/http"
	"testing"
)

// Change is something that changes what an answer is made of.
type Change struct {
	Name string
	Do   func(testing.TB)
}

// ShownAgain holds a dialect that has given the same answer again and again to
// one that never gave any: after each change, both must answer the same, and not
// what was answered before.
func ShownAgain(t *testing.T, newDialect func() http.Handler, ask func(http.Handler) string, changes ...Change) {
	t.Helper()
	old := newDialect()
	for _, c := range changes {
		var before string
		for range 3 {
			before = ask(old)
		}
		c.Do(t)
		after := ask(newDialect())
		if after == before {
			t.Errorf("%s: changes nothing in %s", c.Name, after)
		}
		if have := ask(old); have != after {
			t.Errorf("%s:\nhave %s\nwant %s", c.Name, have, after)
		}
	}
}
