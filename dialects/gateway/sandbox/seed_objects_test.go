package sandbox_test

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

//go:embed testdata/everything.yaml
var everything string

// What lets in the callers of seeded: the account and the instance's key of Syncano, the
// key of a Syncano user, and users with their passwords or OnApp keys.
var seededDoors = map[string][]string{
	"account":       {"X-API-KEY", "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70"},
	"user key":      {"X-API-KEY", "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91", "X-USER-KEY", "0123456789abcdef0123456789abcdef01234568"},
	"admin":         {"Authorization", adminBasic},
	"admin's key":   {"Authorization", basic("admin@example.com:5d41402abc4b2a76b9719d911017c592ae3f4c01")},
	"ann's key":     {"Authorization", basic("ann@example.com:7c211433f02071597741e6ff5a8ea34789abbf43")},
	"ann, password": {"Authorization", basic("ann:s3cret-pass")},
}

func basic(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }

const annUID = "3f0c2f6e-1111-4222-8333-444455556666"

// seeded are answers that show each object of the seed.
var seeded = []struct{ door, path, has string }{
	{"account", "/v1.1/instances/main/groups/5/", `"label":"Staff"`},
	{"account", "/v1.1/instances/main/groups/5/", `"description":"Who works here"`},
	{"account", "/v1.1/instances/main/groups/5/users/", `"ann"`},
	{"account", "/v1.1/instances/main/classes/book/", `"schema":[{"name":"title","type":"string","filter_index":true}]`},
	{"account", "/v1.1/instances/main/classes/book/", `"group":5`},
	{"account", "/v1.1/instances/main/classes/book/", `"other_permissions":"read"`},
	{"account", "/v1.1/instances/main/classes/user_profile/", `"name":"city"`},
	{"account", "/v1.1/instances/main/users/7/", `"city":"Rome"`},
	{"account", "/v1.1/instances/main/users/8/", `"user_key":"0123456789abcdef0123456789abcdef01234568"`},
	{"account", "/v1.1/instances/main/api_keys/", `"description":"tests"`},
	{"user key", "/v1.1/instances/main/user/", `"username":"bob"`},
	{"admin", "/users/7.json", `"suspend_at":"2099-01-01T00:00:00.000+00:00"`},
	{"admin", "/users/7.json", `"bucket_id":9`},
	{"admin", "/users/7.json", `"user_group_id":6`},
	{"admin", "/users/7.json", `"locale":"de"`},
	{"admin", "/users/7.json", `"name":"city","value":"Rome"`},
	{"admin", "/users/7.json", `"created_at":"2015-12-10T08:00:00.000+00:00"`},
	{"admin", "/users/7.json", `"label":"Auditor"`},
	{"admin", "/roles/8.json", `"identifier":"auditor0000001"`},
	{"admin", "/roles/8.json", `"users_count":1`},
	{"admin", "/user_groups/6.json", `"label":"Night shift"`},
	{"admin", "/user_groups/6.json", `"bucket_id":9`},
	{"admin", "/billing/buckets/9.json", `"label":"Gold"`},
	{"admin", "/billing/buckets/9.json", `"currency_code":"EUR"`},
	{"admin", "/user_additional_fields/3.json", `"default_value":"Paris"`},
	{"admin", "/users/7/user_white_lists.json", `"ip":"127.0.0.0/8"`},
	{"admin's key", "/users/1.json", `"login":"admin"`},
	{"ann's key", "/users/7.json", `"login":"ann"`},
	{"ann, password", "/api/users/user/" + annUID, `"ann@example.com"`},
	{"admin", "/api/applications", `"Monthly reports"`},
	{"admin", "/api/applications/application/reports", `"Reports"`},
	{"admin", "/api/groups/group/readers", `"Readers"`},
	{"admin", "/api/organizations/organization/acme", `"Acme Inc"`},
	{"admin", "/api/users/user/" + annUID, `"shoe": 44`},
	{"admin", "/api/users/user/" + annUID, `"UNVERIFIED"`},
	{"admin", "/api/users/user/" + annUID, `"reports"`},
	{"admin", "/api/users/user/" + annUID + "/apikey/MINE", `"laptop"`},
}

// What a seed gets wrong is named with its line, its field and the rule.
func TestAnEntryOfASeedIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	m := sandbox.New(sandbox.Config{})
	t.Cleanup(m.Close)
	for _, wrong := range []struct{ right, wrong, says string }{
		{"name: staff, label", "name: 9staff, label", "seed:31: name: Value has to start with a letter."},
		{"type: string, filter_index", "type: colour, filter_index", "seed:33: schema: "},
		{"other_permissions: read", "other_permissions: all", "seed:33: other_permissions: "},
		{"name: Reports", "nam: Reports", "seed:37: 400 Missing parameter"},
		{"permission_ids: [1]", "permission_ids: [99999]", "seed:44: permission_ids: not found"},
		{"buckets: [{id: 9", "buckets: [{id: 1", "seed:43: id: there is another onapp.bucket with the number 1"},
		{"additional_fields: [{id: 3", "additional_fields: [{id: 0", "seed:46: id: not a whole number above 0"},
	} {
		text := strings.Replace(everything, wrong.right, wrong.wrong, 1)
		_, err := m.Create(t.Context(), sandbox.Creation{Seed: text})
		if text == everything || err == nil || !strings.Contains(err.Error(), wrong.says) {
			t.Errorf("%s: %v, want %s", wrong.wrong, err, wrong.says)
		}
	}
}

func TestASeedHasEverything(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	text, err := json.Marshal(map[string]any{"name": "a", "seed": everything, "clock": "2024-05-06T07:08:09Z", "frozen": true})
	if err != nil {
		t.Fatal(err)
	}
	s.call(201, nil, "POST", "sandboxes", string(text))
	for _, shown := range seeded {
		a := s.do("GET", "/_sandbox/a"+shown.path, "", seededDoors[shown.door]...)
		if a.status != 200 || !strings.Contains(a.body, shown.has) {
			t.Errorf("%s, %s: %d, no %s: %s", shown.door, shown.path, a.status, shown.has, a.body)
		}
	}
	login := `{"type":"apikey","credential":{"username":"MINE","password":"hush-hush"},"application":"reports"}`
	if a := s.do("POST", "/_sandbox/a/api/authenticate", login, "Authorization", adminBasic); a.status != 200 || !strings.Contains(a.body, `"authenticated": true`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}
