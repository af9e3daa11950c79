package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// made are calls that make one of everything, by what lets the caller in.
var made = []struct{ door, method, path, body string }{
	{"account", "POST", "/v1.1/instances/main/groups/", `{"label":"staff"}`},
	{"account", "POST", "/v1.1/instances/main/classes/", `{"name":"book","schema":[{"name":"title","type":"string"}]}`},
	{"account", "PATCH", "/v1.1/instances/main/classes/user_profile/", `{"schema":[{"name":"city","type":"string"}]}`},
	{"account", "POST", "/v1.1/instances/main/users/", `{"username":"ann","password":"s3cret-pass"}`},
	{"account", "POST", "/v1.1/instances/main/users/2/groups/", `{"group":1}`},
	{"account", "PATCH", "/v1.1/instances/main/classes/user_profile/objects/2/", `{"city":"Rome"}`},
	{"account", "POST", "/v1.1/instances/main/api_keys/", `{"description":"second key"}`},
	{"admin", "POST", "/roles.json", `{"role":{"label":"Auditor","permission_ids":[1]}}`},
	{"admin", "POST", "/user_groups.json", `{"user_group":{"label":"Night shift"}}`},
	{"admin", "PUT", "/users/2.json", `{"user":{"suspend_at":"2099-01-01 00:00:00","first_name":"Ann"}}`},
	{"admin", "POST", "/users/2/make_new_api_key.json", ``},
	{"admin", "POST", "/api/applications/application", `{"id":"reports","name":"Reports"}`},
	{"admin", "POST", "/api/users/user/UID/apikey", `{"id":"MINE","secret":"hush-hush"}`},
	// eContext replaces the whole map, of which the city is a part.
	{"admin", "PUT", "/api/users/user/UID", `{"custom_data":{"shoe":44,"city":"Rome"}}`},
}

// shownAs are answers that show each of them.
var shownAs = []struct{ door, path, has string }{
	{"account", "/v1.1/instances/main/groups/", `"staff"`},
	{"account", "/v1.1/instances/main/groups/1/users/", `"ann"`},
	{"account", "/v1.1/instances/main/classes/book/", `"title"`},
	{"account", "/v1.1/instances/main/classes/user_profile/", `"city"`},
	{"account", "/v1.1/instances/main/users/2/", `"Rome"`},
	{"account", "/v1.1/instances/main/users/2/", `"user_key"`},
	{"account", "/v1.1/instances/main/api_keys/", `"second key"`},
	{"admin", "/roles.json", `"Auditor"`},
	{"admin", "/user_groups.json", `"Night shift"`},
	{"admin", "/users/2.json", `"suspend_at":"2099-01-01T00:00:00.000+00:00"`},
	{"admin", "/users/2.json", `"bucket_id":1`},
	{"admin", "/api/applications", `"Reports"`},
	{"admin", "/api/users/user/UID/apikey/MINE", `"MINE"`},
	{"admin", "/api/users/user/UID", `"shoe": 44`},
	{"token", "/scim/v2/Users", `"ann"`},
}

// An archive begins a sandbox with everything that another has, with the same ids and
// keys, whichever dialect shows it.
func TestAnArchiveIsASeedOfEverything(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", `,"clock":"2024-05-06T07:08:09Z","frozen":true`)
	uid := ""
	ask := func(sandbox, door, method, path, body string) answer {
		header := map[string][]string{
			"account": {"X-API-KEY", "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70"}, "admin": {"Authorization", adminBasic}, "token": {"Authorization", seedSCIMToken},
		}[door]
		return s.do(method, "/_sandbox/"+sandbox+strings.ReplaceAll(path, "UID", uid), body, append(header, "Content-Type", "application/json")...)
	}
	for _, m := range made {
		if strings.Contains(m.path, "UID") && uid == "" {
			var list struct {
				Resources []struct{ ID, UserName string }
			}
			if err := json.Unmarshal([]byte(ask("a", "token", "GET", "/scim/v2/Users", "").body), &list); err != nil || len(list.Resources) != 2 {
				t.Fatal(err, list)
			}
			uid = list.Resources[1].ID
		}
		if a := ask("a", m.door, m.method, m.path, m.body); a.status >= 300 {
			t.Fatalf("%s %s: %d %s", m.method, m.path, a.status, a.body)
		}
	}
	archive := s.call(200, nil, "GET", "sandboxes/a/snapshots/now", "").body
	text, err := json.Marshal(map[string]any{"name": "b", "archive": archive, "clock": "2024-05-06T07:08:09Z", "frozen": true})
	if err != nil {
		t.Fatal(err)
	}
	s.call(201, nil, "POST", "sandboxes", string(text))
	ofB := strings.NewReplacer("/_sandbox/a/", "/_sandbox/b/")
	for _, shown := range shownAs {
		first, second := ask("a", shown.door, "GET", shown.path, ""), ask("b", shown.door, "GET", shown.path, "")
		if first.status != 200 || !strings.Contains(first.body, shown.has) {
			t.Errorf("%s: %d, no %s: %s", shown.path, first.status, shown.has, first.body)
		}
		if want := ofB.Replace(first.body); second.status != 200 || second.body != want {
			t.Errorf("%s: %d %s, want %s", shown.path, second.status, second.body, want)
		}
	}
}
