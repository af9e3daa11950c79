package dialecttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// Answer is one response, read to its end.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK reports whether the status is a success.
func (a *Answer) OK() bool { return a.Status >= 200 && a.Status < 300 }

// Look finds a value in the answer. What is one of
//
//	status              the status code
//	header:Name         a header's first value
//	json:user.roles.0.id  a value of a JSON body: a text without its quotes,
//	                    anything else as it stands; json: alone is the whole body
//	raw:user.email      the same with its quotes: null and "null" differ
//	re:<id>(\d+)</id>   the first group of an expression over the body
//
// It fails if there is no such thing.
func (a *Answer) Look(what string) (string, error) {
	kind, rest, _ := strings.Cut(what, ":")
	switch kind {
	case "status":
		return strconv.Itoa(a.Status), nil
	case "header":
		return a.header(rest)
	case "json":
		raw, err := digJSON(a.Body, rest)
		return unquoteJSON(raw), err
	case "raw":
		return digJSON(a.Body, rest)
	case "re":
		return a.group(rest)
	}
	return "", fmt.Errorf("cannot look for %q, only for status, header:, json:, raw: and re: things", what)
}

func (a *Answer) header(name string) (string, error) {
	if values := a.Header.Values(name); len(values) > 0 {
		return values[0], nil
	}
	return "", fmt.Errorf("the answer has no header %s", name)
}

func (a *Answer) group(expr string) (string, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return "", err
	}
	if m := re.FindSubmatch(a.Body); len(m) > 1 {
		return string(m[1]), nil
	}
	return "", fmt.Errorf("nothing in the body is a group of %s: %s", expr, excerpt(a.Body))
}

// digJSON returns the JSON text found by names and positions with dots between.
func digJSON(body []byte, path string) (string, error) {
	at := json.RawMessage(body)
	for _, step := range strings.Split(path, ".") {
		if step == "" {
			continue
		}
		next, ok := stepJSON(at, step)
		if !ok {
			return "", fmt.Errorf("no %q of %q in the body: %s", step, path, excerpt(body))
		}
		at = next
	}
	return strings.TrimSpace(string(at)), nil
}

func stepJSON(at json.RawMessage, step string) (json.RawMessage, bool) {
	var object map[string]json.RawMessage
	if json.Unmarshal(at, &object) == nil {
		next, ok := object[step]
		return next, ok
	}
	var array []json.RawMessage
	i, err := strconv.Atoi(step)
	if err != nil || json.Unmarshal(at, &array) != nil || i < 0 || i >= len(array) {
		return nil, false
	}
	return array[i], true
}

func unquoteJSON(raw string) string {
	var text string
	if strings.HasPrefix(raw, `"`) && json.Unmarshal([]byte(raw), &text) == nil {
		return text
	}
	return raw
}

func excerpt(body []byte) string {
	const most = 300
	if len(body) > most {
		return visible(string(body[:most])) + "..."
	}
	return visible(string(body))
}
