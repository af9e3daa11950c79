package wire

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseJSON(t *testing.T) {
	for name, c := range map[string]struct{ in, out string }{
		"member order is kept":                    {`{"b":1,"a":[2,{"z":null}]}`, `{"b":1,"a":[2,{"z":null}]}`},
		"number text is kept":                     {`[1.50,-0,1e5,12345678901234567890]`, `[1.50,-0,1e5,12345678901234567890]`},
		"of a repeated name the last value stays": {`{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`},
		"escapes are decoded":                     {`"\u0041\n\/\ud83d\ude00"`, `"A\n/😀"`},
		"half a surrogate pair is replaced":       {`"\ud83dx"`, `"�x"`},
		"two high halves are two replacements":    {`"\ud83d\ud83d"`, `"��"`},
		"white space around tokens is skipped":    {" { \"a\" :\t[ 1 ,\r\n2 ] } ", `{"a":[1,2]}`},
		"empty containers stay":                   {`{"a":{},"b":[]}`, `{"a":{},"b":[]}`},
		"scalars are documents":                   {`true`, `true`},
		"an empty name is a name":                 {`{"":0}`, `{"":0}`},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := ParseJSON([]byte(c.in), Limits{})
			if err != nil || string(v.JSON()) != c.out {
				t.Errorf("ParseJSON(%s) = %s, %v, want %s", c.in, v.JSON(), err, c.out)
			}
		})
	}
}

func TestParseJSONRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":                      "",
		"white space alone":            " \n",
		"a byte order mark":            "\xef\xbb\xbf{}",
		"text after the value":         `{} {}`,
		"bytes that are not UTF-8":     "\"\xff\"",
		"a surrogate in raw UTF-8":     "\"\xed\xa0\x80\"",
		"a raw control character":      "\"a\nb\"",
		"NaN":                          `NaN`,
		"a leading zero":               `01`,
		"a bare point":                 `1.`,
		"a bare exponent":              `1e`,
		"a plus sign":                  `+1`,
		"a minus alone":                `-`,
		"a trailing comma in an array": `[1,]`,
		"a trailing comma":             `{"a":1,}`,
		"a name without quotes":        `{a:1}`,
		"a missing colon":              `{"a" 1}`,
		"a missing comma":              `{"a":1 "b":2}`,
		"single quotes":                `'a'`,
		"an open string":               `"a`,
		"an unknown escape":            `"\x"`,
		"a short unicode escape":       `"\u12"`,
		"a cut word":                   `tru`,
		"a word with a tail":           `truex`,
		"a zero byte":                  "\x00",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseJSON([]byte(in), Limits{})
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Errorf("ParseJSON(%q) = %v, want a syntax error", in, err)
			}
		})
	}
}

func TestParseJSONLimits(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for name, c := range map[string]struct {
		in     string
		limits Limits
		want   error
	}{
		"depth at the limit passes":         {deep(3), Limits{Depth: 3}, nil},
		"depth over the limit is refused":   {deep(4), Limits{Depth: 3}, ErrTooDeep},
		"the default depth is a hundred":    {deep(100), Limits{}, nil},
		"deeper than default is refused":    {deep(101), Limits{}, ErrTooDeep},
		"siblings are not depth":            {`[[],[],[],[]]`, Limits{Depth: 2}, nil},
		"values at the limit pass":          {`[1,2]`, Limits{Values: 3}, nil},
		"values over the limit are refused": {`[1,2,3]`, Limits{Values: 3}, ErrTooMany},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseJSON([]byte(c.in), c.limits); !errors.Is(err, c.want) {
				t.Errorf("ParseJSON = %v, want %v", err, c.want)
			}
		})
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e+3,"\u00e9\ud83d\ude00",null,true]}`, `{"a":1,"a":2}`, `[[[]]]`, `"\ud800"`, `01`, `{"a":}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := ParseJSON(data, Limits{})
		if errors.Is(err, ErrTooDeep) || errors.Is(err, ErrTooMany) {
			return
		}
		if want := json.Valid(data) && utf8.Valid(data); (err == nil) != want {
			t.Fatalf("ParseJSON(%q) = %v, encoding/json says valid = %t", data, err, want)
		}
		if err == nil {
			sameAsStandard(t, data, v)
		}
	})
}

// sameAsStandard compares by way of encoding/json's own form: names sorted, of repeated ones the last value.
func sameAsStandard(t *testing.T, data []byte, v Value) {
	t.Helper()
	for _, style := range []Style{Compact(), Rails(), {Escape: EscapeASCII, Spaced: true}, {Indent: 2}} {
		if got, want := standard(t, AppendJSON(nil, v, style)), standard(t, data); got != want {
			t.Fatalf("%+v: %q became %s, want %s", style, data, got, want)
		}
	}
}

func standard(t *testing.T, data []byte) string {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	var any any
	if err := decoder.Decode(&any); err != nil {
		t.Fatalf("encoding/json refuses %q: %v", data, err)
	}
	out, err := json.Marshal(any)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
