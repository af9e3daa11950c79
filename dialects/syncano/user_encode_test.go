package syncano_test

import (
	"fmt"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// TestFastPathWritesTheSame: the usual form of a user is written by the fast path,
// and the same with a filter that leaves nothing out is written by the general path.
func TestFastPathWritesTheSame(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "s", "type": "string"}, {"name": "t", "type": "text"},
		{"name": "i", "type": "integer"}, {"name": "f", "type": "float"}, {"name": "b", "type": "boolean"}, {"name": "d", "type": "datetime"},
		{"name": "a", "type": "array"}, {"name": "o", "type": "object"}, {"name": "g", "type": "geopoint"}, {"name": "n", "type": "string"}]}`)
	w.must(ownerKey, "POST", main+"groups/", `{"label": "l\"\u00e9", "name": "named", "description": "d\n"}`)
	w.must(ownerKey, "POST", main+"groups/", `{}`)
	w.must(ownerKey, "POST", users, `{"username": "q\"\\ é", "password": "x", "profile": {"s": "x\"y\\", "t": "plain é", "i": 5, "f": 3, "b": true,
		"d": "2016-03-17T17:56:31.1Z", "a": [1, "x"], "o": {"k": null}, "g": {"longitude": 1, "latitude": 2}, "group": 1,
		"channel_room": "r\u0001", "group_permissions": "read", "owner_permissions": "write", "other_permissions": "full"}}`)
	w.must(ownerKey, "POST", users, `{"username": "bare", "password": "x"}`)
	w.must(ownerKey, "POST", main+"groups/1/users/", `{"user": 1}`)
	w.must(ownerKey, "POST", main+"groups/2/users/", `{"user": 1}`)
	w.change(2, func(u *core.User) { u.Attributes.Set("s", "5"); u.Attributes.Set("b", `"yes"`) })
	for _, path := range []string{users + "1/", users + "2/", users, main + "groups/1/users/", "/v1/instances/main/users/1/"} {
		short := w.do(ownerKey, "GET", path, "")
		long := w.do(ownerKey, "GET", path+"?excluded_fields=nothing", "")
		if short.Code != 200 || short.Body.String() != long.Body.String() {
			t.Errorf("%s: %d\nshort %s\nlong  %s", path, short.Code, short.Body, long.Body)
		}
	}
	if page := fmt.Sprint(w.must(ownerKey, "GET", users, "")); len(page) < 500 {
		t.Errorf("the page is too small to prove anything: %s", page)
	}
}
