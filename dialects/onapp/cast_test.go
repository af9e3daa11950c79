package onapp

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func TestDatesAreReadInEveryDocumentedForm(t *testing.T) {
	want := time.Date(2011, 8, 1, 12, 47, 8, 0, time.UTC)
	for _, text := range []string{
		"2011-08-01T12:47:08Z", "2011-08-01T12:47:08+00:00", "2011-08-01T15:47:08+03:00", "2011-08-01T12:47:08.000+00:00",
		"2011-08-01 12:47:08", " 2011-08-01 12:47:08 ", "2011-08-01T12:47:08", "2011-08-01 12:47:08 UTC",
		"2011-08-01 14:47:08 +0200", "20110801T124708Z", "20110801 T124708Z", "20110801T12:47:08Z",
	} {
		if got, ok := castTime(text, want); !ok || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%q is %v", text, got)
		}
	}
	for _, text := range []string{"", "soon", "2011-13-01 00:00:00", "0000-01-01T00:00:00Z", "124708", "2011-08-01T25:00:00Z"} {
		if got, ok := castTime(text, want); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
	if got, _ := castTime("2011-08-01T12:47:08.1234567Z", want); got.Nanosecond() != 123456000 {
		t.Errorf("not cut to microseconds: %v", got)
	}
}

func TestWordsForTrueAndFalse(t *testing.T) {
	for _, text := range []string{"true", "1", "t", "on", "yes", "TRUE", " true "} {
		if !castBool(text) {
			t.Errorf("%q is false", text)
		}
	}
	for _, text := range []string{"false", "0", "f", "off", "no", "", "No"} {
		if castBool(text) {
			t.Errorf("%q is true", text)
		}
	}
}

func TestWholeNumbersInText(t *testing.T) {
	for text, want := range map[string]int64{"36": 36, " 36 ": 36, "36.0": 36, "-4": -4, "36abc": 36, "007": 7} {
		if got, ok := castInt(text); !ok || got != want {
			t.Errorf("%q is %d", text, got)
		}
	}
	for _, text := range []string{"", " ", "abc", "-", "99999999999999999999", "true"} {
		if got, ok := castInt(text); ok {
			t.Errorf("%q is %d", text, got)
		}
	}
}

func TestListsOfIDs(t *testing.T) {
	for text, want := range map[string][]int64{
		`{"ids":[3,"1",1,""," ",null]}`:         {1, 3},
		`{"ids":"2"}`:                           {2},
		`{"ids":2}`:                             {2},
		`{"ids":{"0":"2","1":"1"}}`:             {1, 2},
		`{"ids":{"role_id":["2","1"]}}`:         {1, 2},
		`{"ids":{"role_id":"2"}}`:               {2},
		`{"ids":[]}`:                            nil,
		`{"ids":null}`:                          nil,
		`{"ids":[""]}`:                          nil,
		`{"ids":["many"]}`:                      {0},
		`{"ids":"1; drop table users"}`:         {1},
		`{"ids":[9223372036854775807,"1e300"]}`: {1, 9223372036854775807},
	} {
		v, err := wire.ParseJSON([]byte(text), wire.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		got, ok := idList(v, "ids")
		if !ok || !slices.Equal(got, want) {
			t.Errorf("%s is %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{`{}`, `{"ids":{}}`, `[]`, `{"ids":[[5]]}`, `{"ids":[1,{"id":6}]}`, `{"ids":{"0":{"id":6}}}`} {
		v, _ := wire.ParseJSON([]byte(text), wire.Limits{})
		if got, ok := idList(v, "ids"); ok {
			t.Errorf("%s reads as %v", text, got)
		}
	}
}

func TestMoneyIsReadAndShownExactly(t *testing.T) {
	for text, want := range map[string]string{
		"500": "500.0", "0.25": "0.25", "-3.10": "-3.1", "0": "0.0", "-0": "0.0", "999999999999.999999": "999999999999.999999",
		"1.0000009": "1.0", "1.": "1.0", "-0.000001": "-0.000001", " 7 ": "7.0",
	} {
		m, ok := parseMoney(text)
		if !ok || m.String() != want {
			t.Errorf("%q is %s, %v", text, m, ok)
		}
	}
	for _, text := range []string{"", "much", "1e5", "1.2.3", ".5", "1,5", "9999999999999", "--1", "+1"} {
		if m, ok := parseMoney(text); ok {
			t.Errorf("%q is %s", text, m)
		}
	}
}

func TestFormsOfLoginAndAddress(t *testing.T) {
	for _, login := range []string{"mia_k", "k.im+1@example.org", "a-b", "a@", "0x", "_a", ".a"} {
		if !isLogin(login) {
			t.Errorf("login %q is refused", login)
		}
	}
	for _, login := range []string{"-a", "@a", "a b", "ü", "a/b", "a\n", "a%", "a\x00"} {
		if isLogin(login) {
			t.Errorf("login %q is taken", login)
		}
	}
	for _, email := range []string{"a@b.cc", "a.b+c@x-y.example.org", "'@b.cc", "a@1.2.cc", "ü@b.cc"} {
		if !isEmail(email) {
			t.Errorf("address %q is refused", email)
		}
	}
	for _, email := range []string{"", "a", "@b.cc", "a@b", "a@b.c", "a@b.c1", "a@@b.cc", "a b@c.dd", "a@b..cc", "a@.cc", "a@b.cc ", "a@b_c.dd", "a\n@b.cc"} {
		if isEmail(email) {
			t.Errorf("address %q is taken", email)
		}
	}
}

func TestCamelCaseBecomesSnakeCase(t *testing.T) {
	for text, want := range map[string]string{"JohnDoe": "john_doe", "john": "john", "A1B": "a1_b", "": "", "ÄmterÜber": "ämter_über", "XML": "xml"} {
		if got := underscored(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestDowncaseIsRubys(t *testing.T) {
	data, err := os.ReadFile("../../testdata/originals/lower/lower.json")
	if err != nil {
		t.Fatal(err)
	}
	var words []struct{ Name, Word, Ruby string }
	if err := json.Unmarshal(data, &words); err != nil || len(words) == 0 {
		t.Fatal(err)
	}
	for _, w := range words {
		if got := downcase(w.Word); got != w.Ruby {
			t.Errorf("%s: got %q, want %q", w.Name, got, w.Ruby)
		}
	}
}
