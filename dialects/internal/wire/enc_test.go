package wire

import (
	"bytes"
	"testing"
	"time"
)

const encBody = `{"a":[1,{"b":{}},[]],"c":"é<","d":{"e":[[]]},"n":[1e5,null,true]}`

func TestEncStyles(t *testing.T) {
	const indented = "{\n    \"a\": [\n        1,\n        {\n            \"b\": {}\n        },\n        []\n    ],\n" +
		"    \"c\": \"é<\",\n    \"d\": {\n        \"e\": [\n            []\n        ]\n    },\n" +
		"    \"n\": [\n        1e5,\n        null,\n        true\n    ]\n}"
	for name, c := range map[string]struct {
		style Style
		want  string
	}{
		"compact":              {Compact(), encBody},
		"python":               {Python(), `{"a": [1, {"b": {}}, []], "c": "\u00e9<", "d": {"e": [[]]}, "n": [100000.0, null, true]}`},
		"rails":                {Rails(), `{"a":[1,{"b":{}},[]],"c":"é\u003c","d":{"e":[[]]},"n":[1e5,null,true]}`},
		"indented":             {Compact().Indented(4), indented},
		"indented from python": {Python().Indented(1), "{\n \"a\": [\n  1,\n  {\n   \"b\": {}\n  },\n  []\n ],\n \"c\": \"\\u00e9<\",\n \"d\": {\n  \"e\": [\n   []\n  ]\n },\n \"n\": [\n  100000.0,\n  null,\n  true\n ]\n}"},
	} {
		t.Run(name, func(t *testing.T) {
			v := must(ParseJSON([]byte(encBody), Limits{}))(t)
			if got := string(AppendJSON([]byte("before "), v, c.style)); got != "before "+c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestEncWritesEachKindOfItem(t *testing.T) {
	e := NewEnc(Python())
	defer e.Release()
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	e.Obj().Key("s").Str("x").Key("n").StrOrNull("").Key("o").StrOrNull("y").Key("i").Int(-5).Key("f").Float(3)
	e.Key("b").Arr().Bool(true).Bool(false).Null().End().Key("r").Raw("[ ]").Key("w").RawBytes([]byte("{}"))
	e.Key("t").Time(at, SecondsZ).Key("z").TimeOrNull(time.Time{}, MicrosZ).Key("u").TimeOrNull(at, SecondsZ)
	e.Key("v").Value(Upload(&File{Filename: "a.png"})).Key("q\"").Value(Value{}).End()
	want := `{"s": "x", "n": null, "o": "y", "i": -5, "f": 3.0, "b": [true, false, null], "r": [ ], "w": {}, ` +
		`"t": "2024-05-06T07:08:09Z", "z": null, "u": "2024-05-06T07:08:09Z", "v": "a.png", "q\"": null}`
	if got := string(e.Bytes()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEncIsEmptyAfterRelease(t *testing.T) {
	for range 3 {
		e := NewEnc(Compact().Indented(2))
		e.Obj().Key("secret").Str("hunter2")
		left := e.Bytes()[:cap(e.Bytes())]
		e.Release()
		if bytes.Contains(left, []byte("hunter2")) {
			t.Error("a released buffer still holds its text")
		}
		again := NewEnc(Compact())
		if got := string(again.Arr().Int(1).Int(2).End().Bytes()); got != "[1,2]" {
			t.Errorf("the next answer is %s", got)
		}
		again.Release()
	}
}

func TestEncOfAUserDoesNotAllocate(t *testing.T) {
	now := time.Unix(1e9, 0)
	e := &Enc{}
	allocs := testing.AllocsPerRun(100, func() {
		e.buf, e.due = e.buf[:0], false
		writeUser(e, now)
	})
	if allocs != 0 {
		t.Errorf("%v allocations for one user", allocs)
	}
}
