package scim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
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
