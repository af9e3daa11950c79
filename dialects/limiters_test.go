package dialects_test

import (
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// few allows a number of requests in all.
type few struct{ left int }

func (f *few) Allow(string) (time.Duration, bool) { f.left--; return time.Second, f.left >= 0 }

func TestACallerBeyondTheirBoundLeavesTheRealmToOthers(t *testing.T) {
	caller, realm := &few{left: 2}, &few{left: 3}
	l := dialects.Limiters{Realm: realm, Caller: caller}
	for i, want := range []bool{true, true, false, false} {
		if wait, ok := l.Allow(nil, "main", "key 1"); ok != want || !ok && wait != time.Second {
			t.Errorf("request %d: %v, %v", i, ok, wait)
		}
	}
	if _, ok := l.Allow(nil, "main", ""); !ok || realm.left != 0 {
		t.Errorf("the realm has %d requests left", realm.left)
	}
	if _, ok := (dialects.Limiters{}).Allow(nil, "main", "key 1"); !ok {
		t.Error("no bounds refuse a request")
	}
}
