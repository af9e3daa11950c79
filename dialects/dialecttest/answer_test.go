package dialecttest

import (
	"net/http"
	"testing"
)

func TestLook(t *testing.T) {
	a := &Answer{
		Status: 201,
		Header: http.Header{"Etag": {`"1"`, "2"}},
		Body:   []byte(`{"user": {"id": 7, "mail": null, "word": "null", "roles": [{"id": 1.0}, {}], "é": "a\"b"}}`),
	}
	for what, want := range map[string]string{
		"status":                 "201",
		"header:ETag":            `"1"`,
		"json:user.id":           "7",
		"json:user.mail":         "null",
		"json:user.word":         "null",
		"raw:user.word":          `"null"`,
		"json:user.é":            `a"b`,
		"json:user.roles.0.id":   "1.0",
		"json:user.roles.1":      "{}",
		`re:"word": ?"(\w+)"`:    "null",
		"json:user.roles.0":      `{"id": 1.0}`,
		`re:(?s)^\{"(\w+)".*\}$`: "user",
	} {
		if have, err := a.Look(what); err != nil || have != want {
			t.Errorf("%s is %q, %v; want %q", what, have, err, want)
		}
	}
}

func TestLookFindsNothing(t *testing.T) {
	a := &Answer{Status: 200, Header: http.Header{}, Body: []byte(`{"roles": [1]}`)}
	for _, what := range []string{"", "stat", "header:Location", "json:user", "json:roles.1", "json:roles.-1", "json:roles.x", "re:(", "re:(x)", "re:roles"} {
		if have, err := a.Look(what); err == nil {
			t.Errorf("%q finds %q", what, have)
		}
	}
}
