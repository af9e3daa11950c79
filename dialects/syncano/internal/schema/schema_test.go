package schema_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

func parse(t *testing.T, text string) wire.Value {
	t.Helper()
	v, err := schema.ParseJSON([]byte(text), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// noFiles is the files of an instance that has none.
type noFiles struct{}

func (noFiles) NewName(*wire.File) (string, string) { return "", "no" }
func (noFiles) NameInLink(string) string            { return "" }
func (noFiles) Link(string) string                  { return "" }

func TestDefinitionsAreReadUpToTheFirstFault(t *testing.T) {
	definitions := schema.Definitions{
		Old:    schema.Fields{{Name: "old", Type: schema.String}},
		Exists: func(class string) (bool, error) { return class == "book", nil },
	}
	for text, want := range map[string]string{
		`{}`: "Schema passed in invalid format.",
		`[{"name": "a", "type": "string"}, {"name": "a", "type": "text"}]`: `Error processing field definition "a" #1: Field "a" defined more than once.`,
		`[{"name": "old", "type": "string", "unique": true}]`:              `Error processing field definition "old" #0: Unique index can only be set on a new field. Delete field first.`,
		`[{"name": "r", "type": "reference", "target": "pen"}]`:            `Error processing field definition "r" #0: Class specified by target is missing.`,
		`[{"name": "r", "type": "reference", "target": "BOOK"}]`:           "",
	} {
		if _, fault, err := definitions.Read(parse(t, text)); fault != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", text, fault, err, want)
		}
	}
}

func TestDroppedFieldsAreRemovedOrChanged(t *testing.T) {
	old := schema.Fields{{Name: "kept", Type: schema.String}, {Name: "gone", Type: schema.File}, {Name: "changed", Type: schema.Text}}
	now := schema.Fields{{Name: "changed", Type: schema.Integer}, {Name: "kept", Type: schema.String, OrderIndex: true}}
	if got := old.Dropped(now); len(got) != 2 || got[0].Name != "gone" || got[1].Name != "changed" {
		t.Errorf("%v are dropped", got)
	}
}

func TestValuesAreShownAsTheirTypeWants(t *testing.T) {
	for _, one := range []struct {
		field               schema.Field
		given, stored, want string
	}{
		{schema.Field{Type: schema.String}, `7`, `"7"`, `"7"`},
		{schema.Field{Type: schema.Integer}, `"12.0"`, `12`, `12`},
		{schema.Field{Type: schema.Float}, `true`, `1.0`, `1.0`},
		{schema.Field{Type: schema.Boolean}, `"True"`, `true`, `true`},
		{schema.Field{Type: schema.Datetime}, `"2020-01-02T03:04:05.6Z"`, `"2020-01-02T03:04:05.600000Z"`, `{"type":"datetime","value":"2020-01-02T03:04:05.600000Z"}`},
		{schema.Field{Type: schema.Reference, Target: "book"}, `"3"`, `3`, `{"type":"reference","target":"book","value":3}`},
		{schema.Field{Type: schema.Relation, Target: "self"}, `[2,1,2]`, `[1,2]`, `{"type":"relation","target":"self","value":[1,2]}`},
		{schema.Field{Type: schema.Geopoint}, `{"latitude":1,"longitude":"2"}`, `{"longitude":2.0,"latitude":1.0}`, `{"type":"geopoint","longitude":2.0,"latitude":1.0}`},
		{schema.Field{Type: schema.Array}, `[1,"a"]`, `[1,"a"]`, `[1,"a"]`},
	} {
		ctx := schema.Context{Files: noFiles{}}
		in, fault := ctx.Read(&one.field, parse(t, one.given), false)
		if fault != "" || in.JSON != one.stored {
			t.Errorf("%s of %s: %s %q, want %s", one.given, one.field.Type.Word(), in.JSON, fault, one.stored)
		}
		if got := shown(&one.field, in.JSON); got != one.want {
			t.Errorf("%s of %s is shown as %s, want %s", in.JSON, one.field.Type.Word(), got, one.want)
		}
	}
}

func TestAValueOfAnotherTypeIsShownAsNull(t *testing.T) {
	for typ := schema.String; typ <= schema.Relation; typ++ {
		f := schema.Field{Type: typ, Target: "book"}
		for _, stored := range []string{"", "nonsense", `{"a"`} {
			if got := shown(&f, stored); got != "null" {
				t.Errorf("%q of %s is shown as %s", stored, typ.Word(), got)
			}
		}
	}
}

func shown(f *schema.Field, stored string) string {
	out := wire.NewEnc(wire.Compact())
	defer out.Release()
	f.Write(out, noFiles{}, stored)
	return string(out.Bytes())
}

func TestOperatorsWorkOnWhatIsStored(t *testing.T) {
	for _, one := range []struct {
		typ              schema.Type
		given, old, want string
	}{
		{schema.Integer, `{"_increment": 2}`, `40`, `42`},
		{schema.Integer, `{"_increment": 2}`, ``, `2`},
		{schema.Float, `{"_increment": 0.5}`, `1.0`, `1.5`},
		{schema.Array, `{"_addunique": [1, 2]}`, `[2]`, `[2,1]`},
		{schema.Array, `{"_remove": 2}`, `[2,3,2]`, `[3]`},
		{schema.Relation, `{"_add": [5, 1]}`, `[2]`, `[1,2,5]`},
		{schema.Relation, `{"_remove": 2}`, `[2]`, ``},
	} {
		ctx := schema.Context{Files: noFiles{}}
		in, fault := ctx.Read(&schema.Field{Type: one.typ}, parse(t, one.given), true)
		if fault != "" || in.Apply == nil {
			t.Errorf("%s is not an operator: %q", one.given, fault)
			continue
		}
		if got, fault := in.Apply(one.old); got != one.want || fault != "" {
			t.Errorf("%s on %s: %s %q, want %s", one.given, one.old, got, fault, one.want)
		}
	}
}

// Operators run inside the store's one update, which all others wait for: on as many
// values as a body may have they must look at each once, not at all for each.
func TestOperatorsLookAtEachValueOnce(t *testing.T) {
	const many = 40_000
	numbers := func(from int) []byte {
		text := []byte{'['}
		for i := range many {
			text = append(strconv.AppendInt(text, int64(from+i), 10), ',')
		}
		text[len(text)-1] = ']'
		return text
	}
	for _, typ := range []schema.Type{schema.Array, schema.Relation} {
		ctx := schema.Context{Files: noFiles{}}
		for name, want := range map[string]int{"_add": 2 * many, "_addunique": many + many/2, "_remove": many / 2} {
			if typ == schema.Relation {
				if name == "_addunique" {
					continue
				}
				want = min(want, many+many/2) // it has each number once
			}
			in, fault := ctx.Read(&schema.Field{Type: typ}, parse(t, `{"`+name+`": `+string(numbers(many/2))+`}`), true)
			if fault != "" || in.Apply == nil {
				t.Fatalf("%s of %s: %q", name, typ.Word(), fault)
			}
			got, fault := in.Apply(string(numbers(0)))
			if n := strings.Count(got, ",") + 1; n != want || fault != "" {
				t.Errorf("%s of %s: %d values %q, want %d", name, typ.Word(), n, fault, want)
			}
		}
	}
}
