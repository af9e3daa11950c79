package sandbox

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
)

// warnings are what the vendor ignored without a word: members of a write that the
// object does not have afterwards, or has with another value. Members with secrets are
// never shown, so nothing is known of them.
func (x *exchange) warnings() (list []string) {
	writes := x.request.Method == http.MethodPost || x.request.Method == http.MethodPut || x.request.Method == http.MethodPatch
	if !writes || x.sent == nil || x.entry.Status >= 300 || x.entry.Status == 0 {
		return nil
	}
	sent := x.sentObject()
	if sent == nil {
		return nil
	}
	var is any
	answer := x.answer.Bytes()
	if len(strings.TrimSpace(string(answer))) == 0 {
		answer = x.readBack()
	}
	if json.Unmarshal(answer, &is) != nil {
		return nil
	}
	have := map[string][]any{}
	collect(is, have)
	compareSent("", sent, have, &list)
	slices.Sort(list)
	return list
}

// sentObject is the body of the request as JSON has it; nil if it is neither JSON nor a form.
func (x *exchange) sentObject() (sent any) {
	text := x.sent.kept.Bytes()
	if kind, _, _ := mime.ParseMediaType(x.request.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
		return nestedForm(string(text))
	}
	if json.Unmarshal(text, &sent) != nil {
		return nil
	}
	return sent
}

// nestedForm returns a form as an object, where user[login] is the member login of user.
func nestedForm(text string) any {
	form := map[string]any{}
	flat, _ := formOf(text).(map[string]any)
	for name, value := range flat {
		path := strings.Split(strings.ReplaceAll(name, "]", ""), "[")
		if path[len(path)-1] == "" {
			continue // an item of a list, of which nothing is compared
		}
		at := form
		for _, step := range path[:len(path)-1] {
			inner, ok := at[step].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[step] = inner
			}
			at = inner
		}
		at[path[len(path)-1]] = value
	}
	return form
}

// readBack asks for what an answer without a body changed, as the same caller.
func (x *exchange) readBack() []byte {
	r := x.request.Clone(x.request.Context())
	r.Method, r.Body, r.ContentLength = http.MethodGet, http.NoBody, 0
	w := httptest.NewRecorder()
	x.gateway.Handler().ServeHTTP(w, r)
	return w.Body.Bytes()
}

// collect adds the members of an object, at any depth, by name.
func collect(v any, to map[string][]any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			to[name] = append(to[name], member)
			collect(member, to)
		}
	case []any:
		for _, item := range v {
			collect(item, to)
		}
	}
}

// compareSent looks for what was sent among what there is.
func compareSent(path string, sent any, have map[string][]any, list *[]string) {
	object, ok := sent.(map[string]any)
	if !ok {
		return
	}
	for name, member := range object {
		if secretMember(name) {
			continue
		}
		at := strings.TrimPrefix(path+"."+name, ".")
		values, known := have[name]
		if _, nested := member.(map[string]any); nested {
			compareSent(at, member, have, list)
			continue
		}
		switch {
		case !known:
			*list = append(*list, at+": was ignored; the object has no such member")
		case !slices.ContainsFunc(values, func(v any) bool { return sameText(v, member) }):
			*list = append(*list, at+": was ignored; the object has another value")
		}
	}
}

func sameText(a, b any) bool {
	if _, list := b.([]any); list {
		return true // of a list, answers show objects where requests have numbers
	}
	return strings.EqualFold(fmt.Sprint(a), fmt.Sprint(b))
}

// secretMember reports whether answers do not show a member that was stored.
func secretMember(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "password") || strings.Contains(name, "secret") || name == "schemas"
}
