package django

import (
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/charset"
	"github.com/dragoman-gateway/dragoman/dialects/internal/oddtext"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// odd is a row of odd.json, which says what the original reads; bytes are written as characters.
type odd struct {
	In     string      `json:"in"`
	Pairs  [][2]string `json:"django"`
	Latin1 [][2]string `json:"django_latin1"`
}

func TestOddStringsAreReadAsDjangoReadsThem(t *testing.T) {
	for _, row := range oddtext.Rows[odd](t) {
		judge(t, row.In, charset.Charset{}, row.Pairs)
		judge(t, row.In, charset.Latin1(), row.Latin1)
	}
}

// judge compares by name: the original groups the values of a name.
func judge(t *testing.T, in string, cs charset.Charset, want [][2]string) {
	t.Helper()
	pairs, err := ParseQuery(oddtext.Bytes(in), cs, wire.Limits{})
	var got [][2]string
	for _, p := range pairs {
		got = append(got, [2]string{p.Name, p.Value.Text()})
	}
	byName := func(a, b [2]string) int { return slices.Compare(a[:1], b[:1]) }
	slices.SortStableFunc(got, byName)
	slices.SortStableFunc(want, byName)
	if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("%q is read as %q, %v, want %q", in, got, err, want)
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, row := range oddtext.Rows[odd](f) {
		f.Add(oddtext.Bytes(row.In))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, cs := range []charset.Charset{{}, charset.Latin1()} {
			pairs, _ := ParseQuery(text, cs, wire.Limits{})
			for _, p := range pairs {
				if !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value.Text()) {
					t.Fatalf("%q is read as %q", text, p.Name+"="+p.Value.Text())
				}
			}
		}
	})
}
