package wire

import (
	"strings"
	"testing"
)

func TestANameWithoutEscapesLooksLikeAnyOther(t *testing.T) {
	for name, style := range map[string]Style{
		"compact": Compact(), "rails": Rails(), "python": Python(), "indented": Python().Indented(2),
	} {
		one, other := NewEnc(style), NewEnc(style)
		one.Obj().Key("id").Int(1).Key("list").Arr().Int(2).End().Key("last_name").Str("x").End()
		other.Obj().RawKey("id").Int(1).RawKey("list").Arr().Int(2).End().RawKey("last_name").Str("x").End()
		if string(one.Bytes()) != string(other.Bytes()) {
			t.Errorf("%s: %s, want %s", name, other.Bytes(), one.Bytes())
		}
	}
}

func TestADrainedDocumentGoesOnWhereItWas(t *testing.T) {
	var parts strings.Builder
	e := NewEnc(Compact())
	for range 3 {
		if len(parts.String()) == 0 {
			e.Arr()
		}
		e.Obj().Key("a").Int(1).End()
		if err := e.Drain(&parts); err != nil || len(e.Bytes()) != 0 {
			t.Fatalf("%v, %q left", err, e.Bytes())
		}
	}
	e.End()
	if got := parts.String() + string(e.Bytes()); got != `[{"a":1},{"a":1},{"a":1}]` {
		t.Error(got)
	}
}
