package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// decode reads the JSON body of a call. No body is an empty object.
func decode(r *http.Request, into any) error {
	text, err := io.ReadAll(r.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return problem(http.StatusRequestEntityTooLarge, "too-large", "", err.Error())
	}
	if err != nil || len(bytes.TrimSpace(text)) == 0 {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err = d.Decode(into)
	kind, ofType := errors.AsType[*json.UnmarshalTypeError](err)
	_, ofTime := errors.AsType[*time.ParseError](err)
	switch {
	case err == nil && d.More():
		return invalid("", "the body is one JSON object")
	case err == nil:
		return nil
	case ofType:
		return invalid(memberOf(kind.Field), "this is not of the type "+kind.Type.String())
	case ofTime:
		return invalid(faultyMember(text, into), "this is not a time such as 2024-05-06T07:08:09Z")
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return invalid(strings.Trim(field, `"`), "there is no such member")
	}
	return invalid(faultyMember(text, into), strings.TrimPrefix(err.Error(), "json: "))
}

// memberOf is the path of a member without the names of embedded structs, which alone begin
// with a capital letter.
func memberOf(path string) string {
	names := slices.DeleteFunc(strings.Split(path, "."), func(name string) bool {
		return name != "" && unicode.IsUpper(rune(name[0]))
	})
	return strings.Join(names, ".")
}

// faultyMember returns the member of an object that cannot be decoded, which the errors
// of times and durations do not name; "" if the object cannot be read at all.
func faultyMember(text []byte, into any) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		alone, err := json.Marshal(map[string]json.RawMessage{name: members[name]})
		if err == nil {
			err = json.Unmarshal(alone, reflect.New(reflect.TypeOf(into).Elem()).Interface())
		}
		if err != nil {
			return name
		}
	}
	return ""
}
