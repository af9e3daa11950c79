package pystyle_test

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func TestTruthAndTypes(t *testing.T) {
	for text, want := range map[string]struct {
		falsy bool
		name  string
	}{
		`null`: {true, "NoneType"}, `false`: {true, "bool"}, `true`: {false, "bool"},
		`0`: {true, "int"}, `-0.0`: {true, "float"}, `0e9`: {true, "float"}, `7`: {false, "int"},
		`123456789012345678901`: {false, "int"}, `1e999`: {false, "float"},
		`""`: {true, "str"}, `"0"`: {false, "str"}, `[]`: {true, "list"}, `[0]`: {false, "list"},
		`{}`: {true, "dict"}, `{"a": null}`: {false, "dict"},
	} {
		v, err := wire.ParseJSON([]byte(text), wire.Limits{})
		if err != nil {
			t.Fatal(text, err)
		}
		if falsy, name := pystyle.Falsy(v), pystyle.TypeName(v); falsy != want.falsy || name != want.name {
			t.Errorf("%s: falsy %v, type %s", text, falsy, name)
		}
	}
}

func TestStripRemovesWhatPythonCallsSpace(t *testing.T) {
	if have := pystyle.Strip(" \t\n\x1c\x1f\u00a0\u3000a b\u2028\u0085 "); have != "a b" {
		t.Errorf("%q is left", have)
	}
	if have := pystyle.Strip("\x00a\u200b"); have != "\x00a\u200b" {
		t.Errorf("%q is left of what is not white space", have)
	}
}
