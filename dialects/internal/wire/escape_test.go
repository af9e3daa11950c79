package wire

import (
	"encoding/json"
	"testing"
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
		want := string([]rune(text))
		for _, how := range []Escape{EscapeLeast, EscapeASCII, EscapeHTML} {
			out := AppendString(nil, text, how)
			var got string
			if err := json.Unmarshal(out, &got); err != nil || got != want || !utf8.Valid(out) {
				t.Fatalf("escape %d: %q became %s, read back as %q, %v", how, text, out, got, err)
			}
		}
	})
}
