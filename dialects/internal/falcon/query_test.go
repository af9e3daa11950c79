package falcon

import (
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/oddtext"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// odd is a row of odd.json, which says what the original reads; bytes are written as characters.
type odd struct {
	In     string         `json:"in"`
	Params map[string]any `json:"falcon"`
}

func TestOddStringsAreReadAsFalconReadsThem(t *testing.T) {
	for _, row := range oddtext.Rows[odd](t) {
		pairs, err := ParseQuery(string(oddtext.Bytes(row.In)), wire.Limits{})
		got, want := map[string][]string{}, map[string][]string{}
		for _, p := range pairs {
			got[p.Name] = append(got[p.Name], p.Value.Text())
		}
		for name, value := range row.Params {
			list, isList := value.([]any)
			if !isList {
				list = []any{value}
			}
			for _, one := range list {
				want[name] = append(want[name], one.(string))
			}
			if len(list) == 0 { // a list of nothing is no value
				delete(want, name)
			}
		}
		if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%q is read as %q, %v, want %q", row.In, got, err, want)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, row := range oddtext.Rows[odd](f) {
		f.Add(string(oddtext.Bytes(row.In)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		pairs, _ := ParseQuery(text, wire.Limits{})
		for _, p := range pairs {
			if !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value.Text()) {
				t.Fatalf("%q is read as %q", text, p.Name+"="+p.Value.Text())
			}
		}
	})
}
