package wire

import (
	"encoding/json"
	"errors"
	"strconv"
	"testing"
)

func TestFieldStates(t *testing.T) {
	for name, c := range map[string]struct {
		body                 string
		present, null, value bool
	}{
		"an absent key is absent":         {`{}`, false, false, false},
		"null is present and null":        {`{"f":null}`, true, true, false},
		"an empty text is a value":        {`{"f":""}`, true, false, true},
		"a text is a value":               {`{"f":"x"}`, true, false, true},
		"another key says nothing of it":  {`{"g":"x"}`, false, false, false},
		"null with blanks is still null":  {`{"f": null }`, true, true, false},
		"the word null in quotes is text": {`{"f":"null"}`, true, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			var in struct {
				F Field[string] `json:"f"`
			}
			if err := json.Unmarshal([]byte(c.body), &in); err != nil {
				t.Fatal(err)
			}
			wantState(t, in.F, c.present, c.null, c.value)
			v, err := ParseJSON([]byte(c.body), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			wantState(t, v.Field("f"), c.present, c.null, c.value)
		})
	}
}

func wantState[T any](t *testing.T, f Field[T], present, null, value bool) {
	t.Helper()
	if _, ok := f.Get(); f.Present() != present || f.IsNull() != null || ok != value {
		t.Errorf("%T: present %t, null %t, value %t; want %t, %t, %t", f, f.Present(), f.IsNull(), ok, present, null, value)
	}
}

func TestFieldRefusesTheWrongType(t *testing.T) {
	var f Field[int]
	if err := json.Unmarshal([]byte(`"x"`), &f); err == nil || f.Present() {
		t.Errorf("a text in a number field: %v, %+v", err, f)
	}
}

func TestOr(t *testing.T) {
	if got := Some(0).Or(7); got != 0 {
		t.Errorf("a zero value gave way to %d", got)
	}
	if got := Null[int]().Or(7) + (Field[int]{}).Or(7); got != 14 {
		t.Errorf("null and absent are %d together, want 14", got)
	}
}

func TestConvert(t *testing.T) {
	wantState(t, must(Convert(Field[string]{}, strconv.Atoi))(t), false, false, false)
	wantState(t, must(Convert(Null[string](), strconv.Atoi))(t), true, true, false)
	if got := must(Convert(Some("7"), strconv.Atoi))(t).Or(0); got != 7 {
		t.Errorf("Convert(7) = %d", got)
	}
	if _, err := Convert(Some("x"), strconv.Atoi); !errors.Is(err, strconv.ErrSyntax) {
		t.Errorf("Convert(x) = %v, want the converter's error", err)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
