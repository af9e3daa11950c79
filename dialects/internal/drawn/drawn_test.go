package drawn_test

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/drawn"
)

func TestTextsOfAPageAreKeptSideBySide(t *testing.T) {
	texts := new(drawn.Texts[int64])
	const page = 1000
	for id := range int64(page) {
		texts.Keep(1e6+id, id, 1, []byte{byte(id)})
	}
	for id := range int64(page) {
		if last := texts.Last(1e6 + id); last == nil || last.Of != id || last.Bytes[0] != byte(id) {
			t.Fatalf("%d: %+v", id, last)
		}
	}
	if texts.Last(1) != nil {
		t.Error("there is a text of what was never kept")
	}
}

func TestWhatIsShownOnceOrReadAnewIsNotWorthKeeping(t *testing.T) {
	texts := new(drawn.Texts[string])
	a, b := new(int), new(int)
	steps := []struct {
		id     int64
		object *int
		again  bool
	}{
		{1, a, false}, {1, a, true}, {1, a, true},
		{1, b, false}, {1, b, true}, // changed, or read anew
		{2049, a, false}, {1, b, false}, // another one in its place
		{2, a, false}, {1, b, true}, // not in its place
	}
	for i, step := range steps {
		if got := texts.Again(step.id, step.object); got != step.again {
			t.Errorf("step %d, %d: %v", i, step.id, got)
		}
	}
}

func TestWhatIsLargeIsNotKept(t *testing.T) {
	texts := new(drawn.Texts[string])
	texts.Keep(1, "large object", 8<<10, []byte("x"))
	texts.Keep(1, "large text", 0, make([]byte, 8<<10+1))
	if last := texts.Last(1); last != nil {
		t.Errorf("%s is kept", last.Of)
	}
	texts.Keep(1, "both just fit", 4<<10, make([]byte, 4<<10))
	if texts.Last(1) == nil {
		t.Error("what just fits is not kept")
	}
}
