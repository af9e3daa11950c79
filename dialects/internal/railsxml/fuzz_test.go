package railsxml

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

var fuzzSeeds = []string{
	`<?xml version="1.0" encoding="UTF-8"?><user><first-name>a &amp; b</first-name><role_ids type="array"><item>1</item></role_ids></user>`,
	`<a><b type="integer"> 5 </b><b nil="true"/><c type="decimal">1.5e3</c><d type="base64Binary">aGk=</d></a>`,
	`<x><![CDATA[<&]]>]]&gt;<!-- - --><?p?>&#x41;</x>`,
	`<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>`,
	`<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><x/>`,
	`<x>&#0;&#xD800;&#x110000;&bogus;</x>`,
	`<?xml version="1.0" encoding="UTF-16"?><x/>`,
	"\xff\xfe<\x00a\x00/\x00>\x00",
	"\xef\xbb\xbf<x/>",
	`<x type="yaml">--- a</x>`,
	`<a:b xmlns:a="u" a:type="integer" type="array"/>`,
	`<x a='"' b="'>"/><!-- -->`,
	`<a/><b/>`,
	`<?>0`,
	`<?xml?><x/>`,
}

func FuzzParse(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add([]byte(seed))
	}
	for _, o := range originals(f) {
		f.Add(o.Document)
	}
	f.Add([]byte(strings.Repeat("<a>", 200)))
	f.Add([]byte(`<a>` + strings.Repeat("<b/>", 200) + `</a>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := wire.Limits{Depth: 20, Values: 100}
		v, err := Parse(data, limits)
		var typed *Error
		if err != nil && !errors.As(err, &typed) {
			t.Fatalf("an error of no type: %v", err)
		}
		if err == nil {
			wantBounded(t, v, limits)
		}
	})
}

// wantBounded checks that a tree is one member, within limits and storable as JSON.
func wantBounded(t *testing.T, v wire.Value, limits wire.Limits) {
	t.Helper()
	if v.Kind() != wire.KindObject || v.Len() != 1 {
		t.Fatalf("%d roots", v.Len())
	}
	limits.Depth = 2*limits.Depth + 1 // a repeated name adds an array between two levels
	limits.Values = 2*limits.Values + 1
	text := v.JSON()
	again, err := wire.ParseJSON(text, limits)
	if err != nil || !wire.Equal(v, again) || !utf8.Valid(text) {
		t.Fatalf("the tree %s does not read back: %v", text, err)
	}
}
