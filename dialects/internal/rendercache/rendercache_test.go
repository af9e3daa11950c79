package rendercache_test

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/rendercache"
)

func TestEntriesOfAPageAreKeptTogether(t *testing.T) {
	cache := new(rendercache.Cache[int64])
	const page = 1000
	for id := range int64(page) {
		cache.Put(1e6+id, id, 1, []byte{byte(id)})
	}
	for id := range int64(page) {
		if entry := cache.Get(1e6 + id); entry == nil || entry.Inputs != id || entry.Bytes[0] != byte(id) {
			t.Fatalf("%d: %+v", id, entry)
		}
	}
	if cache.Get(1) != nil {
		t.Error("there is an entry that was never put")
	}
}

func TestAnObjectIsSeenTwiceIfNoOtherCameBetween(t *testing.T) {
	cache := new(rendercache.Cache[string])
	a, b := new(int), new(int)
	steps := []struct {
		id     int64
		object *int
		again  bool
	}{
		{1, a, false}, {1, a, true}, {1, a, true},
		{1, b, false}, {1, b, true}, // changed, or read again
		{2049, a, false}, {1, b, false}, // another object in its slot
		{2, a, false}, {1, b, true}, // not in its slot
	}
	for i, step := range steps {
		if got := cache.SeenTwice(step.id, step.object); got != step.again {
			t.Errorf("step %d, %d: %v", i, step.id, got)
		}
	}
}

func TestALargeEntryIsNotKept(t *testing.T) {
	cache := new(rendercache.Cache[string])
	cache.Put(1, "large object", 8<<10, []byte("x"))
	cache.Put(1, "large text", 0, make([]byte, 8<<10+1))
	if entry := cache.Get(1); entry != nil {
		t.Errorf("the %s is kept", entry.Inputs)
	}
	cache.Put(1, "both just fit", 4<<10, make([]byte, 4<<10))
	if cache.Get(1) == nil {
		t.Error("an entry that just fits is not kept")
	}
}
