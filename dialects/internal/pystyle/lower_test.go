package pystyle

import (
	"encoding/json"
	"os"
	"testing"
)

func TestLowerIsPythons(t *testing.T) {
	data, err := os.ReadFile("../../../testdata/originals/lower/lower.json")
	if err != nil {
		t.Fatal(err)
	}
	var words []struct{ Name, Word, Python string }
	if err := json.Unmarshal(data, &words); err != nil || len(words) == 0 {
		t.Fatal(err)
	}
	for _, w := range words {
		if got := Lower(w.Word); got != w.Python {
			t.Errorf("%s: got %q, want %q", w.Name, got, w.Python)
		}
	}
}
