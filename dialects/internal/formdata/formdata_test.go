package formdata

import (
	"errors"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func TestSplitBounds(t *testing.T) {
	if pieces, err := Split([]byte("a&b;c"), "&;", wire.Limits{Pairs: 3}); err != nil || len(pieces) != 3 {
		t.Errorf("%q, %v", pieces, err)
	}
	for _, text := range []string{"a&b&c", strings.Repeat("&", 100)} {
		if _, err := Split([]byte(text), "&", wire.Limits{Pairs: 2}); !errors.Is(err, wire.ErrTooMany) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{"a+b%20c": "a b c", "%C3%a9": "é", "%2541": "%41"} {
		if got, ok := Unescape([]byte(in)); string(got) != want || !ok {
			t.Errorf("%q became %q, %t", in, got, ok)
		}
	}
	for _, in := range []string{"100%", "%zz", "%4", "%%"} {
		if got, ok := Unescape([]byte(in)); string(got) != in || ok {
			t.Errorf("%q became %q, %t", in, got, ok)
		}
	}
}
