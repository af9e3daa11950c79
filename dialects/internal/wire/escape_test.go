package wire

import (
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestAppendString(t *testing.T) {
	const text = "é\u2028😀<>&/'\"\\\n\x00\x1f\x7f\b\f\r\t"
	for name, c := range map[string]struct {
		how  Escape
		want string
	}{
		"least keeps what JSON allows":          {EscapeLeast, "\"é\u2028😀<>&/'\\\"\\\\\\n\\u0000\\u001f\x7f\\b\\f\\r\\t\""},
		"ASCII escapes in lower case and pairs": {EscapeASCII, "\"\\u00e9\\u2028\\ud83d\\ude00<>&/'\\\"\\\\\\n\\u0000\\u001f\\u007f\\b\\f\\r\\t\""},
		"HTML escapes what ends a script":       {EscapeHTML, "\"é\\u2028😀\\u003c\\u003e\\u0026/'\\\"\\\\\\n\\u0000\\u001f\x7f\\b\\f\\r\\t\""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(AppendString(nil, text, c.how)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAppendStringReplacesBrokenText(t *testing.T) {
	for how, want := range map[Escape]string{EscapeLeast: `"a�b��"`, EscapeHTML: `"a�b��"`, EscapeASCII: `"a\ufffdb\ufffd\ufffd"`} {
		if got := string(AppendString(nil, "a\xffb\xe2\x80", how)); got != want {
			t.Errorf("escape %d: got %s, want %s", how, got, want)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("plain")
	f.Add("é\u2028\u2029😀<&>\"\\\x00\xff\xed\xa0\x80")
	f.Fuzz(func(t *testing.T, text string) {
		want := string(utf16.Decode(utf16Of(text)))
		for _, how := range []Escape{EscapeLeast, EscapeASCII, EscapeHTML} {
			out := AppendString(nil, text, how)
			var got string
			if err := json.Unmarshal(out, &got); err != nil || got != want || !utf8.Valid(out) {
				t.Fatalf("escape %d: %q became %s, read back as %q, %v", how, text, out, got, err)
			}
		}
	})
}

// utf16Of is text as units of UTF-16, lone surrogates included.
func utf16Of(text string) (units []uint16) {
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if half := loneSurrogate(text); half != 0 {
			units, size = append(units, uint16(half)), 3
		} else {
			units = utf16.AppendRune(units, r)
		}
		text = text[size:]
	}
	return units
}

func TestLoneSurrogates(t *testing.T) {
	const in = `{"\udfff":["a\ud83d","\uDE00\uD83Db","\ud83d\ude00"]}`
	v, err := ParseJSONWith([]byte(in), Limits{}, KeepSurrogates)
	for how, want := range map[Escape]string{
		EscapeLeast: `{"\udfff":["a\ud83d","\ude00\ud83db","😀"]}`,
		EscapeASCII: `{"\udfff":["a\ud83d","\ude00\ud83db","\ud83d\ude00"]}`,
	} {
		if got := AppendJSON(nil, v, Style{Escape: how}); err != nil || string(got) != want {
			t.Errorf("escape %d: %s, %v, want %s", how, got, err, want)
		}
	}
	for _, refused := range []string{`"half\ud83d"`, `"\ud83d\ud83d\ude00"`, `"\ude00"`, `{"\udfff":1}`} {
		var syntax *SyntaxError
		if _, err := ParseJSONWith([]byte(refused), Limits{}, RefuseSurrogates); !errors.As(err, &syntax) || refused[syntax.Offset] != '\\' {
			t.Errorf("%s: %v", refused, err)
		}
	}
	if v, err := ParseJSONWith([]byte(`"\ud83d\ude00"`), Limits{}, RefuseSurrogates); err != nil || v.Text() != "😀" {
		t.Errorf("a pair is read as %q, %v", v.Text(), err)
	}
}
