package drawn_test

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/drawn"
)

func TestTextsOfAPageAreKeptSideBySide(t *testing.T) {
	texts := new(drawn.Texts[int64])
	const page = 1000
	for id := range int64(page) {
		texts.Keep(1e6+id, id, []byte{byte(id)})
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

func TestWhatIsShownOnceOrChangedIsNotWorthKeeping(t *testing.T) {
	texts := new(drawn.Texts[string])
	steps := []struct {
		id, revision int64
		again        bool
	}{
		{1, 1, false}, {1, 1, true}, {1, 1, true},
		{1, 2, false}, {1, 2, true}, // changed
		{4097, 2, false}, {1, 2, false}, // another one in its place
		{2, 1, false}, {1, 2, true}, // not in its place
	}
	for i, step := range steps {
		if got := texts.Again(step.id, step.revision); got != step.again {
			t.Errorf("step %d, %d in revision %d: %v", i, step.id, step.revision, got)
		}
	}
}
