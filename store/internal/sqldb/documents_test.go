package sqldb

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dragoman-gateway/dragoman/core"
)

// value draws a JSON text, or what only looks like one.
func value(t *rapid.T) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"1.0", "null", "-0", `""`, `"}{,\\\""`, `[1, {"a": [",", "]"]}]`, "{ }", " 1 ", "raw"}),
		rapid.Map(rapid.String(), func(s string) string { return string(appendString(nil, s)) }),
	).Draw(t, "value")
}

// distinct draws names, each once, none with what no database keeps.
func distinct(t *rapid.T) []string {
	return rapid.SliceOfNDistinct(rapid.String().Filter(storable), 0, 6, rapid.ID[string]).Draw(t, "names")
}

func TestAttributesComeBackByteForByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want core.Attributes
		for _, name := range distinct(t) {
			if v := value(t); storable(v) && closed(v) {
				want = append(want, core.Attribute{Name: name, Value: v})
			}
		}
		text, err := encodeAttributes(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeAttributes(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%s: %v\n%s", text, err, diff)
		}
	})
}

func TestFacetsComeBackByteForByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want core.Facets
		for _, name := range distinct(t) {
			if v := value(t); storable(v) && closed(v) {
				want.Set(name, []byte(v))
			}
		}
		text, err := encodeFacets(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeFacets(text)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %d facets of %d, %v", text, len(got), len(want), err)
		}
		for i := range want {
			if got[i].Dialect != want[i].Dialect || !bytes.Equal(got[i].Doc.Text(), want[i].Doc.Text()) {
				t.Fatalf("%s: %q is %q", text, got[i].Dialect, got[i].Doc.Text())
			}
		}
	})
}

func TestHandlesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []core.Handle
		for _, kind := range distinct(t) {
			want = append(want, core.Handle{Kind: kind, Value: rapid.String().Filter(storable).Draw(t, "value")})
		}
		got, err := decodeHandles(encodeHandles(want))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}

func TestWhatCannotBeCutOutAgainIsRefused(t *testing.T) {
	for _, v := range []string{`1,2`, `}`, `{`, `"`, `[}`, "\"\x00\"", "\"\xff\"", `"\`, `]1[`} {
		if _, err := encodeAttributes(core.Attributes{{Name: "a", Value: v}}); v != `[}` && core.KindOf(err) != core.Invalid {
			t.Errorf("%q: %v", v, err)
		}
		if text, err := encodeFacets(core.Facets{{Dialect: "d", Doc: core.NewDocument([]byte(v))}}); v != `[}` && err == nil {
			t.Errorf("%q is stored as %s", v, text)
		}
	}
}

func FuzzDecoders(f *testing.F) {
	for _, s := range []string{`{"a":1,"b":{}}`, `["a","b"]`, `{`, `{"a"`, `{"a":`, `["a"`, `{"\u12`, `{"a":1}{`, `x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if as, err := decodeAttributes(s); err == nil && len(as) > len(s) {
			t.Errorf("%d attributes of %q", len(as), s)
		}
		if fs, err := decodeFacets([]byte(s)); err == nil && len(fs) > len(s) {
			t.Errorf("%d facets of %q", len(fs), s)
		}
		if hs, err := decodeHandles(s); err == nil && len(hs) > len(s) {
			t.Errorf("%d handles of %q", len(hs), s)
		}
	})
}

func FuzzUnquote(f *testing.F) {
	for _, s := range []string{`"\ud83d\ude00"`, `"\ud83d"`, `"\u00`, `"\"`, `""`, `"\n\/"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) >= 2 && len(unquote(s)) > 3*len(s) {
			t.Errorf("%q grew", s)
		}
	})
}
