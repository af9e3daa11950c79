package rack

import (
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
