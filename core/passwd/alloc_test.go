//go:build !race

package passwd_test

import (
	"testing"
	"time"
)

// The race detector makes pools lose things on purpose, so this runs without it.
func TestContainsAllocatesNothing(t *testing.T) {
	now := time.Now()
	m := newCache(t, &now, time.Minute, 100)
	m.Add(stored, "changeme1")
	if n := testing.AllocsPerRun(100, func() { m.Contains(stored, "changeme1") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
