package wire

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestZeroValueIsNull(t *testing.T) {
	var v Value
	if v.Kind() != KindNull || !v.IsNull() || string(v.JSON()) != "null" || v.Len() != 0 {
		t.Errorf("the zero Value is %s of kind %d", v.JSON(), v.Kind())
	}
}

func TestAccessorsAnswerOnlyForTheirKind(t *testing.T) {
	for name, v := range map[string]Value{
		"null": {}, "bool": Bool(true), "number": Int(5), "string": String("5"),
		"array": Array(Int(5)), "object": Object(Member{"a", Int(5)}), "file": Upload(&File{Filename: "f"}),
	} {
		t.Run(name, func(t *testing.T) {
			_, isString := v.Str()
			_, isNumber := v.RawNumber()
			_, isInt := v.Int()
			_, isFloat := v.Float()
			_, isBool := v.Bool()
			got := fmt.Sprint(isBool, isNumber, isInt, isFloat, isString, v.Items() != nil, v.Members() != nil, v.File() != nil)
			is := func(names ...string) bool {
				for _, n := range names {
					if n == name {
						return true
					}
				}
				return false
			}
			number := is("number")
			want := fmt.Sprint(is("bool"), number, number, number, is("string"), is("array"), is("object"), is("file"))
			if got != want {
				t.Errorf("answers %s, want %s", got, want)
			}
		})
	}
}

func TestIntIsExact(t *testing.T) {
	for raw, want := range map[string]bool{
		"9223372036854775807": true, "-9223372036854775808": true, "-0": true,
		"9223372036854775808": false, "1.0": false, "1e3": false,
	} {
		if i, ok := Number(raw).Int(); ok != want {
			t.Errorf("Number(%s).Int() = %d, %t, want %t", raw, i, ok, want)
		}
	}
}

func TestFloatRefusesWhatItCannotHold(t *testing.T) {
	if f, ok := Number("1.5e3").Float(); !ok || f != 1500 {
		t.Errorf("1.5e3 is %v, %t", f, ok)
	}
	if f, ok := Number("1e999").Float(); ok {
		t.Errorf("1e999 is %v", f)
	}
}

// Sizes on both sides of indexFrom: members are found by a linear look and by a map.
func TestObjectsOfAnySizeFindTheirMembers(t *testing.T) {
	for _, size := range []int{0, 1, indexFrom - 1, indexFrom, indexFrom + 1, 10 * indexFrom} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			built := Object()
			for i := range size {
				built.Set(fmt.Sprintf("name%d", i), Int(0))
			}
			for i := range size {
				built.Set(fmt.Sprintf("name%d", i), Int(int64(i)))
			}
			parsed, err := ParseJSON(built.JSON(), Limits{})
			if err != nil || !Equal(parsed, built) || built.Len() != size {
				t.Fatalf("%d members; parsed %d: %v", built.Len(), parsed.Len(), err)
			}
			for i, m := range parsed.Members() {
				got, ok := parsed.Get(fmt.Sprintf("name%d", i))
				if want := built.Members()[i]; !ok || m.Name != want.Name || !Equal(got, want.Value) {
					t.Errorf("member %d is %s, %t", i, got.JSON(), ok)
				}
			}
			if parsed.Has("nobody") || parsed.Has("") {
				t.Error("a member that is not there was found")
			}
		})
	}
}

// Names that all look alike to the filter for repeated names must still be told apart, and repeats be found.
func TestRepeatedNamesAreFoundInLargeObjects(t *testing.T) {
	var body []byte
	for round := range 2 {
		for i := range 2 * indexFrom {
			body = fmt.Appendf(body, `,"a%03dmmm%03da":%d`, i, i, round)
		}
	}
	body[0] = '{'
	v, err := ParseJSON(append(body, '}'), Limits{})
	if err != nil || v.Len() != 2*indexFrom {
		t.Fatalf("%d members, %v", v.Len(), err)
	}
	for _, m := range v.Members() {
		if m.Value.Text() != "1" {
			t.Errorf("%s kept %s, not its last value", m.Name, m.Value.Text())
		}
	}
}

func TestSetAndAppendTurnAnyValueIntoAContainer(t *testing.T) {
	var list, object Value
	list.Append(Int(1))
	list.Append(String("x"))
	object.Set("b", list)
	object.Set("a", Bool(false))
	object.Set("b", Array())
	if got := string(object.JSON()) + string(list.JSON()); got != `{"b":[],"a":false}[1,"x"]` {
		t.Errorf("got %s", got)
	}
}

func TestEqual(t *testing.T) {
	for name, c := range map[string]struct {
		a, b string
		want bool
	}{
		"the order of members does not matter": {`{"a":1,"b":[2]}`, `{"b":[2],"a":1}`, true},
		"the order of items matters":           {`[1,2]`, `[2,1]`, false},
		"number texts differ":                  {`1`, `1.0`, false},
		"a text is no number":                  {`"1"`, `1`, false},
		"a further member differs":             {`{"a":1}`, `{"a":1,"b":2}`, false},
		"another name differs":                 {`{"a":null}`, `{"b":null}`, false},
		"a deep item differs":                  {`{"a":[{"b":1}]}`, `{"a":[{"b":2}]}`, false},
		"empty containers differ":              {`{}`, `[]`, false},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := must(ParseJSON([]byte(c.a), Limits{}))(t), must(ParseJSON([]byte(c.b), Limits{}))(t)
			if Equal(a, b) != c.want || Equal(b, a) != c.want || !Equal(a, a) {
				t.Errorf("Equal(%s, %s) is not %t", c.a, c.b, c.want)
			}
		})
	}
}

func TestValueKeepsNothingOfItsBody(t *testing.T) {
	body := []byte(`{"login":"ann","n":[125,"a\nb"]}`)
	v := must(ParseJSON(body, Limits{}))(t)
	clear(body)
	if got := string(v.JSON()); got != `{"login":"ann","n":[125,"a\nb"]}` {
		t.Errorf("the value changed with its body: %s", got)
	}
}

func TestValueStandsInsideStandardJSON(t *testing.T) {
	out, err := json.Marshal(map[string]Value{"v": Array(Number("1.50"), String("é"))})
	if err != nil || string(out) != `{"v":[1.50,"é"]}` {
		t.Errorf("got %s, %v", out, err)
	}
}
