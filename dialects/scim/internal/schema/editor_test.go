package schema

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// testType has a list and an open extension.
func testType() *ResourceType {
	list := Attribute{Name: "emails", Type: Complex, Multi: true, Sub: []Attribute{
		{Name: "value", Type: String}, {Name: "type", Type: String}, {Name: "primary", Type: Boolean},
	}}
	return &ResourceType{
		Core:       &Schema{URN: "urn:user", Attributes: []Attribute{list}},
		Extensions: []*Schema{{URN: "urn:custom", Open: true}},
	}
}

// change is a change by one operation.
func change(t *testing.T, op Op, path, value string) Change {
	t.Helper()
	v, err := wire.ParseJSON([]byte(value), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	changes, err := testType().Changes(Operation{Op: op, path: wire.String(path), value: wire.Some(v)})
	if err != nil || len(changes) != 1 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	return changes[0]
}

// The values that the changes of one request examine are bounded, however many changes
// there are.
func TestWorkOfChangesIsBounded(t *testing.T) {
	for path, value := range map[string]string{
		`emails[type eq "w%d"].value`: `"a@b.c"`, "emails": `{"value": "a%d@b.c"}`, `emails[value eq "a%d"].type`: `"work"`,
	} {
		e := NewEditor(nil)
		examined, err := 0, error(nil)
		for i := 0; err == nil && i < 12000; i++ {
			examined += e.r["emails"].Len()
			err = e.Apply(change(t, Add, number(path, i), number(value, i)))
		}
		var f *Fault
		if !errors.As(err, &f) || f.Type != TooMany || examined > MaxWork/costOfCopy+12000 {
			t.Errorf("%s: %v after %d values", path, err, examined)
		}
	}
}

// number puts i in the place of %d.
func number(text string, i int) string { return strings.ReplaceAll(text, "%d", strconv.Itoa(i)) }

// Changes of an extension's members cost nothing that counts, and keep order and spelling.
func TestMembersOfExtensionsAreChanged(t *testing.T) {
	custom, err := wire.ParseJSON([]byte(`{"Level": 1, "team": "a", "gone": 1}`), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	before := Resource{"urn:custom": custom}
	e := NewEditor(before)
	for _, c := range []Change{
		change(t, Replace, "urn:custom:level", "2"), change(t, Remove, "urn:custom:GONE", "null"),
		change(t, Add, "urn:custom:new", "true"), change(t, Remove, "urn:custom:team", "null"), change(t, Add, "urn:custom:team", `"b"`),
	} {
		if err := e.Apply(c); err != nil {
			t.Fatal(err)
		}
	}
	if got := string(e.Resource()["urn:custom"].JSON()); got != `{"Level":2,"new":true,"team":"b"}` || e.work.done != 0 {
		t.Errorf("%s, after %d units", got, e.work.done)
	}
	if got := string(before["urn:custom"].JSON()); got != `{"Level":1,"team":"a","gone":1}` {
		t.Errorf("what it began with became %s", got)
	}
}

// Of several primary values in one change the last one stays the primary one.
func TestTheLastPrimaryValueStays(t *testing.T) {
	e := NewEditor(nil)
	for _, value := range []string{`{"value": "a", "primary": true}`, `[{"value": "b", "primary": true}, {"value": "c", "primary": true}]`} {
		if err := e.Apply(change(t, Add, "emails", value)); err != nil {
			t.Fatal(err)
		}
	}
	const want = `[{"value":"a","primary":false},{"value":"b","primary":false},{"value":"c","primary":true}]`
	if got := string(e.Resource()["emails"].JSON()); got != want {
		t.Errorf("got %s", got)
	}
}
