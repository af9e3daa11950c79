package rack

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/oddtext"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// odd is a row of odd.json, which says what the original reads; bytes are written as characters.
type odd struct {
	In    string  `json:"in"`
	Query verdict `json:"rack_query"`
	Form  verdict `json:"rack_form"`
}

type verdict struct {
	Refused bool            `json:"refused"`
	Value   json.RawMessage `json:"value"`
}

func TestOddStringsAreReadAsRackReadsThem(t *testing.T) {
	for _, row := range oddtext.Rows[odd](t) {
		raw := oddtext.Bytes(row.In)
		got, err := ParseQuery(string(raw), wire.Limits{})
		judge(t, "the query", row.In, got, err, row.Query)
		got, err = ParseForm(raw, wire.Limits{})
		judge(t, "the form", row.In, got, err, row.Form)
	}
}

func judge(t *testing.T, what, in string, got wire.Value, err error, want verdict) {
	t.Helper()
	if want.Refused {
		if err == nil {
			t.Errorf("%s %q is read as %s and not refused", what, in, got.JSON())
		}
		return
	}
	wanted, parseErr := wire.ParseJSON(want.Value, wire.Limits{})
	if parseErr != nil {
		t.Fatal(parseErr)
	}
	if err != nil || !wire.Equal(got, wanted) {
		t.Errorf("%s %q is read as %s, %v, want %s", what, in, got.JSON(), err, wanted.JSON())
	}
}

func TestNestRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"a value that becomes an object":  {"a=1&a[b]=2", wire.ErrFormShape},
		"an object that becomes an array": {"a[b]=1&a[]=2", wire.ErrFormShape},
		"an array that becomes an object": {"a[]=1&a[b]=2", wire.ErrFormShape},
		"a name that is too deep":         {"a" + strings.Repeat("[b]", 100) + "=1", wire.ErrTooDeep},
		"an array that is too deep":       {"a" + strings.Repeat("[][b]", 5000) + "=1", wire.ErrTooDeep},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseForm([]byte(c.in), wire.Limits{}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, row := range oddtext.Rows[odd](f) {
		f.Add(string(oddtext.Bytes(row.In)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseQuery(text, wire.Limits{})
		if err == nil && v.Kind() != wire.KindObject {
			t.Fatalf("%q is read as %s", text, v.JSON())
		}
		if _, err := wire.ParseJSON(v.JSON(), wire.Limits{Depth: 300}); err != nil {
			t.Fatalf("%q is read as %s: %v", text, v.JSON(), err)
		}
	})
}
