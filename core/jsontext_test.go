package core

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzJSONText holds the reader and the writer of JSON strings to the standard library's.
func FuzzJSONText(f *testing.F) {
	for _, seed := range []string{"", "José", "a\"b\\c/\n\x00", `"Jos\u00e9"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\/\b\f\q"`, `"\u12"`, `5`, `"`, "\u2028"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		if back, ok := unquoteJSON(quoteJSON(text)); !ok || back != text || !json.Valid([]byte(quoteJSON(text))) {
			t.Errorf("%q becomes %s and %q", text, quoteJSON(text), back)
		}
		var want string
		if !json.Valid([]byte(text)) || json.Unmarshal([]byte(text), &want) != nil || text == "null" || text[0] != '"' || text[len(text)-1] != '"' {
			return
		}
		got, ok := unquoteJSON(text)
		if ok && got != want || !ok && !containsReplacement(want) {
			t.Errorf("%s is read as %q, %v, want %q", text, got, ok, want)
		}
	})
}

// containsReplacement reports whether the standard library replaced half a surrogate pair.
func containsReplacement(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError {
			return true
		}
	}
	return false
}
