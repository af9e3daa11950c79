package railsxml

import (
	"errors"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func nested(n int) string {
	return strings.Repeat("<a>", n) + strings.Repeat("</a>", n)
}

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"nothing":                            {"", ErrMalformed},
		"blanks alone":                       {" \n", ErrMalformed},
		"a declaration alone":                {`<?xml version="1.0"?>`, ErrMalformed},
		"text outside the root":              {`<x/>tail`, ErrMalformed},
		"an entity outside the root":         {`<x/>&amp;`, ErrMalformed},
		"CDATA outside the root":             {`<![CDATA[ ]]><x/>`, ErrMalformed},
		"several roots":                      {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<force>1</force><take_ownership>1</take_ownership>", ErrMalformed},
		"tags that do not match":             {`<currency_code>USD</currency-code>`, ErrMalformed},
		"a tag left open":                    {`<x><y></y>`, ErrMalformed},
		"a tag cut off":                      {`<x`, ErrMalformed},
		"an attribute cut off":               {`<x a="`, ErrMalformed},
		"an attribute without quotes":        {`<x a=1>1</x>`, ErrMalformed},
		"a bracket alone":                    {`<`, ErrMalformed},
		"a tag inside a tag":                 {`<x <y>></x>`, ErrMalformed},
		"an end without a start":             {`</x>`, ErrMalformed},
		"a comment left open":                {`<x/><!-- a`, ErrMalformed},
		"an instruction left open":           {`<x/><?a`, ErrMalformed},
		"CDATA left open":                    {`<x><![CDATA[a</x>`, ErrMalformed},
		"a control character":                {"<x>\x01</x>", ErrMalformed},
		"a reference to a control character": {`<x>&#1;</x>`, ErrMalformed},
		"a reference to nothing":             {`<x>&#;</x>`, ErrEntity},
		"a reference without digits":         {`<x>&#xzz;</x>`, ErrMalformed},
		"a second declaration":               {`<?xml version="1.0"?><?xml version="1.0"?><x/>`, ErrMalformed},
		"JSON":                               {`{"user":{}}`, ErrMalformed},
		"a document type":                    {`<!DOCTYPE x><x/>`, ErrDirective},
		"a document type in lower case":      {`<!doctype x><x/>`, ErrDirective},
		"a document type after the root":     {`<x/><!DOCTYPE x>`, ErrDirective},
		"an external entity":                 {`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`, ErrDirective},
		"a document type left open":          {`<!DOCTYPE x [`, ErrDirective},
		"a directive inside the root":        {`<x><!ELEMENT y></x>`, ErrDirective},
		"an entity left open":                {`<x>a & b</x>`, ErrEntity},
		"an entity with a giant name":        {`<x>&` + strings.Repeat("a", 1e5) + `;</x>`, ErrEntity},
		"an entity whose name is not one":    {`<x>&1a;</x>`, ErrEntity},
		"an unknown encoding":                {"<?xml version=\"1.0\" encoding=\"x-none\"?><x>\xe9</x>", ErrEncoding},
		"an encoding that does not fit":      {"<?xml version=\"1.0\" encoding=\"EUC-JP\"?><x>\xff</x>", ErrEncoding},
		"half a character of UTF-16":         {"\xff\xfe<\x00x\x00/\x00>\x00\x00\xd8", ErrEncoding},
		"bytes of UTF-16 without a mark":     {"<\x00x\x00/\x00>\x00", ErrMalformed},
		"a document type in UTF-16":          {"\xff\xfe<\x00!\x00D\x00O\x00C\x00T\x00Y\x00P\x00E\x00>\x00", ErrDirective},
		"bytes that are not UTF-8":           {"<x>\xe9</x>", ErrEncoding},
		"yaml":                               {`<x type="yaml">--- !ruby/object {}</x>`, ErrType},
		"a symbol":                           {`<x type="symbol">a</x>`, ErrType},
		"yaml deep inside":                   {`<x><y type="array"><z><w type="yaml"/></z></y></x>`, ErrType},
		"yaml around elements":               {`<x type="yaml"><y/></x>`, ErrType},
		"yaml by an attribute that repeats":  {`<x type="string" type="yaml">a</x>`, ErrType},
		"yaml by a character reference":      {`<x type="&#121;aml">a</x>`, ErrType},
		"depth beyond the limit":             {nested(101), wire.ErrTooDeep},
		"a bomb of depth":                    {strings.Repeat("<a>", 1e6), wire.ErrTooDeep},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := Parse([]byte(c.in), wire.Limits{})
			var typed *Error
			if !errors.Is(err, c.want) || !errors.As(err, &typed) || !v.IsNull() {
				t.Errorf("got %s, %v, want %v", v.JSON(), err, c.want)
			}
		})
	}
}

func TestParseLimits(t *testing.T) {
	for name, c := range map[string]struct {
		in     string
		limits wire.Limits
		want   error
	}{
		"depth at the limit passes":       {nested(100), wire.Limits{}, nil},
		"siblings are not depth":          {`<a><b/><b></b><b/></a>`, wire.Limits{Depth: 2}, nil},
		"an empty element has its depth":  {`<a><b/></a>`, wire.Limits{Depth: 1}, wire.ErrTooDeep},
		"elements at the limit pass":      {`<a><b/><b/></a>`, wire.Limits{Values: 3}, nil},
		"elements over it are refused":    {`<a><b/><b/><b/></a>`, wire.Limits{Values: 3}, wire.ErrTooMany},
		"attributes count":                {`<a b="" c="" d=""/>`, wire.Limits{Values: 3}, wire.ErrTooMany},
		"end tags do not count":           {`<a><b></b></a>`, wire.Limits{Values: 2}, nil},
		"comments count":                  {`<a>x<!----><!----><!----></a>`, wire.Limits{Values: 3}, wire.ErrTooMany},
		"CDATA and instructions count":    {`<a><![CDATA[]]><?p?><?p?></a>`, wire.Limits{Values: 3}, wire.ErrTooMany},
		"a bomb of elements is refused":   {`<a>` + strings.Repeat("<b/>", 1<<16) + `</a>`, wire.Limits{}, wire.ErrTooMany},
		"a bomb of attributes is refused": {`<a` + strings.Repeat(` b=""`, 1<<16) + `/>`, wire.Limits{}, wire.ErrTooMany},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse([]byte(c.in), c.limits); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// A refused bomb must cost next to nothing: no tree, no memory that grows with it.
func TestBombsAreRefusedCheaply(t *testing.T) {
	for name, bomb := range map[string]string{
		"depth":   strings.Repeat("<a>", 1e6),
		"entity":  `<!DOCTYPE b [<!ENTITY a "` + strings.Repeat("b", 1e6) + `">]><b>` + strings.Repeat("&a;", 1e5) + `</b>`,
		"count":   `<a>` + strings.Repeat("<b/>", 1e6) + `</a>`,
		"name":    "<x>&" + strings.Repeat("a", 1e6) + "</x>",
		"several": `<a/>` + strings.Repeat("<a/>", 1e6),
	} {
		t.Run(name, func(t *testing.T) {
			data := []byte(bomb)
			if allocs := testing.AllocsPerRun(3, func() { _, _ = Parse(data, wire.Limits{}) }); allocs > 2 {
				t.Errorf("%v allocations", allocs)
			}
		})
	}
}

func TestErrorsTellThePlaceAndNotTheText(t *testing.T) {
	_, err := Parse([]byte(`<user><password>hunter2</password><x>&hunter2</x></user>`), wire.Limits{})
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "at offset 37") {
		t.Errorf("got %v", err)
	}
	_, err = Parse([]byte(`<user><password>hunter2</pass></user>`), wire.Limits{})
	if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "-1") {
		t.Errorf("got %v", err)
	}
}
