package scim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// What SCIM keeps of a user is bounded as custom data is, however many requests add to it.
func TestAUsersRecordIsBounded(t *testing.T) {
	w := newWorld(t)
	var made struct{ ID string }
	if err := json.Unmarshal(w.ask("POST", "/scim/v2/Users", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "full"}`).Body.Bytes(), &made); err != nil {
		t.Fatal(err)
	}
	user := made.ID
	status := 200
	for i := 0; i < 10 && status == 200; i++ {
		var values []string
		for j := range 20 {
			values = append(values, fmt.Sprintf(`{"value": "%d-%d-%s"}`, i, j, strings.Repeat("1", 800)))
		}
		body := `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "add", "path": "phoneNumbers", "value": [` +
			strings.Join(values, ",") + `]}]}`
		status = w.ask("PATCH", "/scim/v2/Users/"+user, body).Code
	}
	if status != 400 {
		t.Errorf("the last request got %d", status)
	}
	if n := w.ask("GET", "/scim/v2/Users/"+user, "").Body.Len(); n > 80<<10 {
		t.Errorf("the user has %d bytes", n)
	}
}

// manyOperations is the body of a PATCH with n operations, which text makes of numbers.
func manyOperations(n int, text string) string { return `{"Operations": ` + jsonList(n, text) + `}` }

// jsonList is a JSON list of n texts, which text makes of numbers.
func jsonList(n int, text string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(text, i)
	}
	return "[" + strings.Join(list, ",") + "]"
}

// All other writes wait while a PATCH is applied, so it must not cost the square of its
// length.
func TestPatchesThatExamineTooManyValuesAreRefused(t *testing.T) {
	phones := `{"op": "add", "path": "phoneNumbers", "value": ` + jsonList(3000, `{"value": "%d"}`) + `},`
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"each makes a value by a filter":  {manyOperations(12000, `{"op": "add", "path": "emails[type eq \"w%d\"].value", "value": "a@b.c"}`), 413},
		"each adds a value":               {manyOperations(4000, `{"op": "add", "path": "emails", "value": {"value": "a%d@b.c"}}`), 413},
		"many names in one operation":     {`{"Operations": [{"op": "add", "value": {` + manyNames(2000) + `}}]}`, 413},
		"filters on many values":          {`{"Operations": [` + phones + strings.TrimPrefix(manyOperations(500, `{"op": "remove", "path": "phoneNumbers[value eq \"%d\"]"}`), `{"Operations": [`), 400},
		"a large value for each match":    {`{"Operations": [` + phones + `{"op": "add", "path": "phoneNumbers[value pr].display", "value": "` + strings.Repeat("x", 100<<10) + `"}]}`, 400},
		"each of many becomes primary":    {`{"Operations": [` + phones + `{"op": "add", "path": "phoneNumbers[value pr].primary", "value": true}]}`, 400},
		"some operations on some values":  {manyOperations(100, `{"op": "add", "path": "phoneNumbers[type eq \"w%d\"].value", "value": "1"}`), 200},
		"many operations on other things": {manyOperations(5000, `{"op": "replace", "path": "name.givenName", "value": "%d"}`), 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.MaxBody = 2 << 20
			got := w.ask("PATCH", "/scim/v2/Users/admin-uid", c.body)
			if got.Code != c.status || c.status == 400 && !strings.Contains(got.Body.String(), `"tooMany"`) {
				t.Errorf("got %d %.300s", got.Code, got.Body)
			}
		})
	}
}

// manyNames are members, whose names are paths.
func manyNames(n int) string {
	return strings.Trim(jsonList(n, `"emails[type eq \"w%d\"].value": "a@b.c"`), "[]")
}

// Removing members by a filter of something else than their ids examines all of them.
func TestFiltersOfMembersAreBounded(t *testing.T) {
	w := newWorld(t)
	w.cfg.MaxBody = 2 << 20
	addUsers(w, 500)
	var made struct{ ID string }
	all := jsonList(500, `{"value": "u%d"}`)
	if err := json.Unmarshal(w.ask("POST", "/scim/v2/Groups", `{"displayName": "g", "members": `+all+`}`).Body.Bytes(), &made); err != nil {
		t.Fatal(err)
	}
	filtered := `{"op": "remove", "path": "members[value sw \"x%d\"]"}`
	for _, c := range []struct {
		operations int
		text       string
		status     int
	}{
		{2000, filtered, 400}, {20, filtered, 204},
		{500, `{"op": "add", "path": "members", "value": {"value": "u%d"}}`, 204},
	} {
		if got := w.ask("PATCH", "/scim/v2/Groups/"+made.ID, manyOperations(c.operations, c.text)); got.Code != c.status {
			t.Errorf("%d of %s: %d %.300s", c.operations, c.text, got.Code, got.Body)
		}
	}
}

// The references that a bulk request looks at are bounded by its operations.
func TestReferencesOfABulkRequestAreBounded(t *testing.T) {
	body, err := wire.ParseJSON([]byte(`{"Operations": [
		{"method": "POST", "path": "/Users", "bulkId": "a"}, {"method": "POST", "path": "/Users", "bulkId": "b"},
		{"method": "POST", "path": "/Groups", "bulkId": "c", "data": {"members": [`+strings.Repeat(`"bulkId:b", "bulkId:a", "bulkId:x", "bulkId:y",`, 1000)+` 1]}}]}`), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := (&call{}).readBulk(body)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(b.ops[0].refs, b.ops[2].refs); got != "[] [a b x]" {
		t.Errorf("the references are %s", got)
	}
}
