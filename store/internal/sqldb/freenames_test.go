package sqldb

import (
	"strconv"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

func TestFreeNamesNeverCallATakenNameFree(t *testing.T) {
	f := newFreeNames()
	name := func(i int) core.UserRef { return core.ByUsername("", strconv.Itoa(i)) }
	if f.surely(1, name(0)) {
		t.Error("it is sure of a realm that it does not watch")
	}
	f.watch(1)
	const names = 50_000
	for i := range names {
		f.add(1, name(i))
	}
	wrong := 0
	for i := range names {
		if f.surely(1, name(i)) {
			t.Fatalf("%d is taken", i)
		}
		if !f.surely(1, name(names+i)) {
			wrong++
		}
	}
	if wrong > names/50 {
		t.Errorf("of %d free names it is not sure of %d", names, wrong)
	}
	f.forget()
	if f.surely(1, name(names)) {
		t.Error("it is sure of what it forgot")
	}
}
