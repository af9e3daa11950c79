package sqldb

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

func TestLogTellsWhatHasChanged(t *testing.T) {
	c := &changing{summarized: []cache.Change{{Key: gramsKey(7)}}}
	c.wipe(place{tableGroups, 3})
	c.set(userKey(scope(2).row(1)), nil)
	c.set(recordKey(maxID), unknown{})
	c.add(userKey(scope(2).row(2)))
	changes, places, err := readLogged(c.logged())
	if err != nil || len(places) != 1 || !places[place{tableGroups, 3}] || len(changes) != 3 {
		t.Fatal(changes, places, err)
	}
	for _, want := range []cache.Key{gramsKey(7), userKey(scope(2).row(1)), recordKey(maxID)} {
		found := false
		for _, change := range changes {
			found = found || change.Key == want && change.Value == nil
		}
		if !found {
			t.Errorf("%v is missing in %v", want, changes)
		}
	}
}

func TestLogThatIsTooLongOrStrangeForgetsAll(t *testing.T) {
	c := &changing{objects: map[cache.Key]cache.Value{}}
	for i := range int64(maxLogged + 1) {
		c.objects[userKey(i+1)] = unknown{}
	}
	for name, logged := range map[string][]byte{
		"too much": c.logged(), "of another program": {99, 1}, "cut": {logList, tableUsers}, "overlong": {logList, tableUsers, 0xFF, 0xFF},
	} {
		if _, _, err := readLogged(logged); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
	if changes, places, err := readLogged(nil); err != nil || len(changes)+len(places) > 0 {
		t.Errorf("a state without changes: %v %v %v", changes, places, err)
	}
}

func FuzzReadLogged(f *testing.F) {
	f.Add([]byte{logList, tableUsers, 5, tableGroups | logPlace, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		changes, places, err := readLogged(b)
		if err == nil && len(changes)+len(places) > len(b) {
			t.Errorf("%d changes of %d bytes", len(changes), len(b))
		}
	})
}
