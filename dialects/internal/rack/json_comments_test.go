package rack

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCommentsAreBlanks(t *testing.T) {
	for text, want := range map[string]string{
		``: ``, `{"a":1}`: `{"a":1}`, `{"a":"http://x"}`: `{"a":"http://x"}`, `{"a":"\"//"}`: `{"a":"\"//"}`,
		`/* x */{"a":1}`: ` {"a":1}`, "// x\n{}": ` {}`, "//\n//\n{}": `  {}`, `{/**/"a"/*"*/:/* // */1}`: `{ "a" : 1}`,
		`/*/ {}`: `/*/ {}`, `{} // x`: `{} // x`, `{} /* x`: `{} /* x`, `"/* x`: `"/* x`, `"\`: `"\`, `/`: `/`,
		`/* a */ "/* b */" // c` + "\n": `  "/* b */"  `,
	} {
		if got := string(StripComments([]byte(text))); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestManyOpenCommentsAreReadInTime(t *testing.T) {
	for _, part := range []string{"/*", "//", "/", `"//`} {
		StripComments([]byte(strings.Repeat(part, 1<<19)))
	}
}

// JSON has no comments, so nothing of it may be left out.
func FuzzStripComments(f *testing.F) {
	for _, seed := range []string{`{"a":"//"}`, `/* */[1]`, "//\n1", `"\"/*"`, `[1,/**/2]`, `/`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		given := string(text)
		stripped := StripComments(text)
		if string(text) != given {
			t.Fatal("the text was changed")
		}
		if json.Valid(text) && string(stripped) != given {
			t.Fatalf("%q became %q", text, stripped)
		}
		if json.Valid(stripped) && string(StripComments(stripped)) != string(stripped) {
			t.Fatalf("%q still has comments", stripped)
		}
	})
}
