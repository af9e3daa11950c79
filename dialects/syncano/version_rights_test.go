package syncano_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// The kinds of caller, by the keys they send: {own} and {victim} are user keys.
var callers = map[string][2]string{
	"anonymous":            {"", ""},
	"key without a flag":   {plainKey, ""},
	"key for new users":    {userKey, ""},
	"key for new groups":   {groupKey, ""},
	"key to read":          {anonKey, ""},
	"key without rights":   {aclKey, ""}, // that is, it ignores them
	"user":                 {plainKey, "{own}"},
	"user by a strong key": {aclKey, "{own}"},
	"user by a group key":  {groupKey, "{own}"},
	"the other user":       {plainKey, "{victim}"},
	"reading account":      {readKey, ""},
	"writing account":      {writeKey, ""},
	"full account":         {fullRoleKey, ""},
	"owner":                {ownerKey, ""},
	"stranger":             {strangerKey, ""},
}

// request is one in the words of v1.1 and of v2.
type request struct{ method, v1, v2, body1, body2 string }

// sameThing is what can be done under both paths. {v} is the victim's id, {o}
// that of {own}; the objects are owned by the victim.
var sameThing = []request{
	{"GET", "users/", "users/", "", ""},
	{"POST", "users/", "users/", `{"username":"new","password":"x"}`, `{"username":"new","password":"x"}`},
	{"GET", "users/{v}/", "users/{v}/", "", ""},
	{"PATCH", "users/{v}/", "users/{v}/", `{"password":"pwned1"}`, `{"password":"pwned1"}`},
	{"PUT", "users/{v}/", "users/{v}/", `{"username":"v","password":"p"}`, `{"username":"v","password":"p"}`},
	{"POST", "users/{v}/reset_key/", "users/{v}/reset_key/", "", ""},
	{"DELETE", "users/{v}/", "users/{v}/", "", ""},
	{"GET", "users/{o}/", "users/{o}/", "", ""},
	{"PATCH", "users/{o}/", "users/{o}/", `{"password":"pwned1"}`, `{"password":"pwned1"}`},
	{"DELETE", "users/{o}/", "users/{o}/", "", ""},
	{"GET", "user/", "users/me/", "", ""},
	{"PATCH", "user/", "users/me/", `{"password":"mine"}`, `{"password":"mine"}`},
	{"GET", "groups/", "groups/", "", ""},
	{"POST", "groups/", "groups/", `{"label":"new"}`, `{"label":"new"}`},
	{"GET", "groups/1/", "groups/1/", "", ""},
	{"PATCH", "groups/1/", "groups/1/", `{"label":"x"}`, `{"label":"x"}`},
	{"DELETE", "groups/1/", "groups/1/", "", ""},
	{"GET", "groups/1/users/", "groups/1/users/", "", ""},
	{"POST", "groups/1/users/", "groups/1/users/", `{"user":{v}}`, `{"user":{v}}`},
	{"DELETE", "groups/1/users/{o}/", "groups/1/users/{o}/", "", ""},
	{"GET", "users/{v}/groups/", "users/{v}/groups/", "", ""},
	{"POST", "users/{v}/groups/", "users/{v}/groups/", `{"group":1}`, `{"group":1}`},
	{"GET", "classes/", "classes/", "", ""},
	{"POST", "classes/", "classes/", `{"name":"other","schema":[]}`, `{"name":"other","schema":[]}`},
	{"GET", "classes/book/", "classes/book/", "", ""},
	{"PATCH", "classes/book/", "classes/book/", `{"description":"x"}`, `{"description":"x"}`},
	{"DELETE", "classes/book/", "classes/book/", "", ""},
	{"GET", "classes/book/objects/", "classes/book/objects/", "", ""},
	{"POST", "classes/book/objects/", "classes/book/objects/", `{"title":"x"}`, `{"title":"x"}`},
	{"GET", "classes/book/objects/{none}/", "classes/book/objects/{none}/", "", ""},
	{"GET", "classes/book/objects/{read}/", "classes/book/objects/{read}/", "", ""},
	{"PATCH", "classes/book/objects/{read}/", "classes/book/objects/{read}/", `{"title":"x"}`, `{"title":"x"}`},
	{"PATCH", "classes/book/objects/{write}/", "classes/book/objects/{write}/", `{"title":"x"}`, `{"title":"x"}`},
	{"DELETE", "classes/book/objects/{write}/", "classes/book/objects/{write}/", "", ""},
	{"DELETE", "classes/book/objects/{full}/", "classes/book/objects/{full}/", "", ""},
	{"DELETE", "classes/book/objects/{group}/", "classes/book/objects/{group}/", "", ""},
	{"GET", "classes/closed/objects/", "classes/closed/objects/", "", ""},
	{"GET", "classes/closed/objects/{hidden}/", "classes/closed/objects/{hidden}/", "", ""},
	{"GET", "api_keys/", "api_keys/", "", ""},
	{"POST", "api_keys/", "api_keys/", `{"ignore_acl":true}`, `{"ignore_acl":true}`},
	{"PATCH", "api_keys/2/", "api_keys/2/", `{"ignore_acl":true}`, `{"ignore_acl":true}`},
	{"POST", "api_keys/1/reset_key/", "api_keys/1/reset_key/", "", ""},
	{"DELETE", "api_keys/1/", "api_keys/1/", "", ""},
	{"GET", "", "", "", ""},
	{"PATCH", "", "", `{"description":"x"}`, `{"description":"x"}`},
	{"DELETE", "", "", "", ""},
}

// versionWorld is a world whose instance "main" was made for the version, with a victim
// whose profile everyone may write, a user in a group, and objects of each right.
type versionWorld struct {
	*world
	names *strings.Replacer
}

func newVersionWorld(t testing.TB, version string) *versionWorld {
	t.Helper()
	s := seed()
	s.Instances[0].Version = version
	w := newWorldSeeded(t, dialecttest.SQLite().Open(t), nil, s)
	names := []string{}
	named := func(name string, made map[string]any, member string) {
		names = append(names, "{"+name+"}", fmt.Sprint(made[member]))
	}
	victim := w.must(ownerKey, "POST", main+"users/", `{"username":"victim","password":"secret","profile":{"other_permissions":"write","group":null}}`)
	own := w.must(ownerKey, "POST", main+"users/", `{"username":"own","password":"secret"}`)
	named("v", victim, "id")
	named("victim", victim, "user_key")
	named("o", own, "id")
	named("own", own, "user_key")
	w.must(ownerKey, "POST", main+"groups/", `{"label":"staff"}`)
	w.must(ownerKey, "POST", main+"groups/1/users/", fmt.Sprintf(`{"user":%v}`, own["id"]))
	w.must(ownerKey, "PATCH", main+fmt.Sprintf("users/%v/", victim["id"]), `{"profile":{"group":1,"group_permissions":"write"}}`)
	schema := `"schema":[{"name":"title","type":"string"}]`
	w.must(ownerKey, "POST", main+"classes/", `{"name":"book","other_permissions":"create_objects",`+schema+`}`)
	w.must(ownerKey, "POST", main+"classes/", `{"name":"closed","other_permissions":"none",`+schema+`}`)
	object := func(name, class, rights string) {
		named(name, w.must(ownerKey, "POST", main+"classes/"+class+"/objects/", fmt.Sprintf(`{"title":"t","owner":%v,%s}`, victim["id"], rights)), "id")
	}
	for _, right := range []string{"none", "read", "write", "full"} {
		object(right, "book", `"other_permissions":"`+right+`"`)
	}
	object("group", "book", `"group":1,"group_permissions":"write"`)
	object("hidden", "closed", `"other_permissions":"full"`)
	return &versionWorld{w, strings.NewReplacer(names...)}
}

// try sends a request below the root of the instance's path in one version.
func (w *versionWorld) try(root string, keys [2]string, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, root+"instances/main/"+w.names.Replace(path), strings.NewReader(w.names.Replace(body)))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i, name := range []string{"X-Api-Key", "X-User-Key"} {
		if keys[i] != "" {
			r.Header.Set(name, w.names.Replace(keys[i]))
		}
	}
	rec := httptest.NewRecorder()
	w.d.ServeHTTP(rec, r)
	return rec
}

// In an instance that was made for v1, v2 allows no caller anything that v1.1 does
// not allow, and lists nothing that v1.1 does not list.
func TestV2GrantsNoMoreThanV1(t *testing.T) {
	for name, keys := range callers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newVersionWorld(t, "")
			for _, thing := range sameThing {
				for _, root := range []string{"/v2/", "/v3/"} {
					w = w.compare(root, keys, thing)
				}
			}
		})
	}
}

// compare wants no more under the later root than under /v1.1/. It returns the world
// to go on with: a new one after a change.
func (w *versionWorld) compare(root string, keys [2]string, thing request) *versionWorld {
	t := w.t
	t.Helper()
	later := w.try(root, keys, thing.method, thing.v2, thing.body2)
	if later.Code >= 400 {
		return w
	}
	changes := thing.method != http.MethodGet
	if changes {
		w = newVersionWorld(t, "")
	}
	earlier := w.try("/v1.1/", keys, thing.method, thing.v1, thing.body1)
	if earlier.Code >= 400 {
		t.Errorf("%s %s: %d under %s, %d under /v1.1/: %s", thing.method, thing.v2, later.Code, root, earlier.Code, later.Body)
	}
	if more := beyond(t, later, earlier); more != nil {
		t.Errorf("%s %s lists under %s also %v", thing.method, thing.v2, root, more)
	}
	if changes {
		w = newVersionWorld(t, "")
	}
	return w
}

// beyond returns what the first list has and the second has not.
func beyond(t testing.TB, first, second *httptest.ResponseRecorder) (more []string) {
	t.Helper()
	there := map[string]bool{}
	for _, item := range listed(t, second) {
		there[item] = true
	}
	for _, item := range listed(t, first) {
		if !there[item] {
			more = append(more, item)
		}
	}
	return more
}

// listed returns the ids or names of a list's objects.
func listed(t testing.TB, a *httptest.ResponseRecorder) (items []string) {
	t.Helper()
	var list struct{ Objects []map[string]any }
	if a.Code >= 400 || a.Body.Len() == 0 || json.Unmarshal(a.Body.Bytes(), &list) != nil {
		return nil
	}
	for _, o := range list.Objects {
		if inner, ok := o["user"].(map[string]any); ok {
			o = inner
		}
		items = append(items, fmt.Sprint(o["id"], o["name"], o["username"]))
	}
	return items
}

// An instance that was made through /v2/, or seeded for it, has v2's own rules there.
func TestAnInstanceOfV2HasItsRules(t *testing.T) {
	w := newVersionWorld(t, "v2")
	made := w.must(ownerKey, "POST", "/v2/instances/", `{"name":"later"}`)
	earlier := w.must(ownerKey, "POST", "/v1.1/instances/", `{"name":"earlier"}`)
	for name, want := range map[string]int{"main": 201, fmt.Sprint(made["name"]): 201, fmt.Sprint(earlier["name"]): 403} {
		key := w.must(ownerKey, "POST", "/v1.1/instances/"+name+"/api_keys/", `{}`)["api_key"].(string)
		if rec := w.do(key, "POST", "/v2/instances/"+name+"/users/", `{"username":"new","password":"x"}`); rec.Code != want {
			t.Errorf("%s: %d, want %d: %s", name, rec.Code, want, rec.Body)
		}
		if rec := w.do(key, "POST", "/v1.1/instances/"+name+"/users/", `{"username":"new2","password":"x"}`); rec.Code != 403 {
			t.Errorf("%s under /v1.1/: %d, want 403: %s", name, rec.Code, rec.Body)
		}
	}
}

func TestASeedNamesAVersion(t *testing.T) {
	dir := dialecttest.NewEnv(t, dialecttest.SQLite()).Dir
	s := syncano.Seed{
		Accounts:  []syncano.SeedAccount{{Email: "a@example.com"}},
		Instances: []syncano.SeedInstance{{Name: "other", Owner: "a@example.com", Version: "v3"}},
	}
	err := syncano.New(config(t, dir)).Seed(t.Context(), s)
	if err == nil || !strings.Contains(err.Error(), "version: must be v1, v1.1 or v2") {
		t.Error(err)
	}
}
