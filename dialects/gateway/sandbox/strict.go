package sandbox

import (
	"encoding/json"
	"fmt"
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
	var sent, is any
	if json.Unmarshal(x.sent.kept.Bytes(), &sent) != nil {
		return nil
	}
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
