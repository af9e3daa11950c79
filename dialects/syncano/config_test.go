package syncano_test

import (
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

func TestThrottle(t *testing.T) {
	const throttled = `{"detail":"Request was throttled. Expected available in 1 second."}`
	for name, c := range map[string]struct {
		limits    syncano.Throttle
		key, path string
	}{
		"anonymous": {syncano.Throttle{Anonymous: 2}, "", "/v1.1/"},
		"account":   {syncano.Throttle{Account: 2}, ownerKey, "/v1.1/account/"},
		"api_key":   {syncano.Throttle{Account: 2}, aclKey, "/v1.1/instances/"},
		"instance":  {syncano.Throttle{Instance: 2}, aclKey, users},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(cfg *syncano.Config) { cfg.Throttle = c.limits })
			w.must(c.key, "GET", c.path, "")
			w.must(c.key, "GET", c.path, "")
			rec := w.do(c.key, "GET", c.path, "")
			if rec.Code != 429 || rec.Body.String() != throttled || rec.Header().Get("Retry-After") != "1" {
				t.Errorf("the third: %d %s, Retry-After %q", rec.Code, rec.Body, rec.Header().Get("Retry-After"))
			}
			w.clock.Advance(time.Second)
			w.must(c.key, "GET", c.path, "")
		})
	}
}

func TestThrottleCountsAllCallersOfAnInstanceTogether(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.Throttle.Instance = 1 })
	w.must(ownerKey, "GET", users, "")
	if rec := w.do(aclKey, "GET", users, ""); rec.Code != 429 {
		t.Errorf("another caller of the instance: %d", rec.Code)
	}
	w.must(otherKey, "GET", "/v1.1/instances/other/users/", "")
}

// limiter refuses one realm.
type limiter string

func (l limiter) Allow(realm string) (time.Duration, bool) {
	return 2500 * time.Millisecond, realm != string(l)
}

func TestLimiterIsAskedForTheRealm(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.Limiters.Realm = limiter("other") })
	w.must(aclKey, "GET", users, "")
	rec := w.do(otherKey, "GET", "/v1.1/instances/other/users/", "")
	if rec.Code != 429 || rec.Header().Get("Retry-After") != "3" || !strings.Contains(rec.Body.String(), "in 3 seconds") {
		t.Errorf("a limited realm: %d %s, Retry-After %q", rec.Code, rec.Body, rec.Header().Get("Retry-After"))
	}
}

// counter counts how often it is asked.
type counter struct{ n int }

func (c *counter) Allow(string) (time.Duration, bool) { c.n++; return 0, true }

// Whoever has no profile yet gets one while the request waits, which is one all the same.
func TestARequestThatGivesProfilesCountsOnce(t *testing.T) {
	asked := new(counter)
	w := newWorld(t, func(cfg *syncano.Config) { cfg.Throttle.Instance, cfg.Limiters.Realm = 1, asked })
	w.born(coretest.User("ann"))
	w.must(aclKey, "GET", users+"1/", "")
	if asked.n != 1 {
		t.Errorf("the limiter was asked %d times", asked.n)
	}
}

// callerLog notes for whom it is asked.
type callerLog struct{ asked []string }

func (c *callerLog) Allow(caller string) (time.Duration, bool) {
	c.asked = append(c.asked, caller)
	return 0, true
}

func TestCallersAreCountedByTheirOwnCredentials(t *testing.T) {
	asked := new(callerLog)
	w := newWorld(t, func(cfg *syncano.Config) { cfg.Limiters.Caller = asked })
	w.must(ownerKey, "GET", users, "")
	w.must(aclKey, "GET", users, "")
	w.must(aclKey, "GET", users, "")
	key := w.must(aclKey, "POST", users, `{"username": "ann", "password": "x"}`)["user_key"].(string)
	w.must(aclKey, "GET", main+"user/?user_key="+key, "")
	if n := len(asked.asked); n != 5 || asked.asked[0] == asked.asked[1] || asked.asked[1] != asked.asked[2] || asked.asked[4] == asked.asked[1] {
		t.Errorf("it was asked for %q", asked.asked)
	}
}

// A key that is compiled into applications is known to all: who uses it without a user
// must not use up what others may do with it.
func TestAPublicKeyIsCountedForEachClient(t *testing.T) {
	asked := new(callerLog)
	w := newWorld(t, func(cfg *syncano.Config) { cfg.Limiters.Caller = asked })
	for _, c := range []struct{ key, address string }{
		{plainKey, "192.0.2.1:1"}, {plainKey, "192.0.2.1:2"}, {plainKey, "192.0.2.2:1"},
		{plainKey, "[2001:db8::1]:1"}, {plainKey, "[2001:db8::2]:1"}, {aclKey, "192.0.2.1:1"}, {aclKey, "192.0.2.2:1"},
	} {
		r := httptest.NewRequest("POST", main+"batch/", strings.NewReader(`{"requests":[]}`))
		r.Header.Set("X-Api-Key", c.key)
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = c.address
		w.d.ServeHTTP(httptest.NewRecorder(), r)
	}
	n := map[string]int{}
	for i := range asked.asked {
		n[asked.asked[i]]++
	}
	if got := slices.Sorted(maps.Values(n)); !slices.Equal(got, []int{1, 2, 2, 2}) || n[asked.asked[0]] != 2 {
		t.Errorf("it was asked for %q", asked.asked)
	}
}

func TestDottedNotFound(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.DottedNotFound = true })
	w.refused(ownerKey, "GET", users+"99/", "", 404, `{"detail":"Not found."}`)
}

func TestClosedRegistration(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.OpenRegistration = false })
	w.refused("", "POST", "/v1.1/account/register/", `{}`, 400, `{"detail":"Registration disabled."}`)
}

func TestInstanceCount(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.MaxInstances = 3 })
	w.must(ownerKey, "POST", "/v1.1/instances/", `{"name": "third"}`)
	w.refused(ownerKey, "POST", "/v1.1/instances/", `{"name": "fourth"}`, 400, `{"detail":"Instance count exceeded (3)."}`)
	w.must(ownerKey, "DELETE", "/v1.1/instances/third/", "")
	w.must(ownerKey, "POST", "/v1.1/instances/", `{"name": "fourth"}`)
}

func TestClassCount(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.MaxClasses = 2 })
	w.must(ownerKey, "POST", main+"classes/", `{"name": "one"}`)
	w.refused(ownerKey, "POST", main+"classes/", `{"name": "two"}`, 400, `{"detail":"Class count exceeded (2)."}`)
}

func TestUserCount(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.MaxUsers = 2 })
	for i := range 2 {
		w.must(ownerKey, "POST", users, fmt.Sprintf(`{"username": "u%d", "password": "x"}`, i))
	}
	for _, list := range []string{users, "/v2/instances/main/users/"} {
		w.refused(ownerKey, "POST", list, `{"username": "more", "password": "x"}`, 400, `{"detail":"User count exceeded (2)."}`)
	}
	w.must(ownerKey, "DELETE", users+"1/", "")
	w.must(ownerKey, "POST", users, `{"username": "more", "password": "x"}`)
}

func TestGroupCount(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.MaxGroups = 2 })
	const groups = main + "groups/"
	for range 2 {
		w.must(ownerKey, "POST", groups, `{"label": "some"}`)
	}
	for _, list := range []string{groups, "/v2/instances/main/groups/"} {
		w.refused(ownerKey, "POST", list, `{"label": "more", "name": "more"}`, 400, `{"detail":"Group count exceeded (2)."}`)
	}
	w.must(ownerKey, "DELETE", groups+"1/", "")
	last := w.must(ownerKey, "POST", groups, `{"label": "more"}`)["id"]
	w.must(ownerKey, "PATCH", fmt.Sprintf("%s%v/", groups, last), `{"label": "another"}`)
}

func TestObjectCount(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.MaxObjects = 2 })
	w.must(ownerKey, "POST", main+"classes/", `{"name": "book"}`)
	const objects = main + "classes/book/objects/"
	w.must(ownerKey, "POST", objects, `{}`)
	first := w.must(ownerKey, "POST", objects, `{}`)["id"]
	w.refused(ownerKey, "POST", objects, `{}`, 400, `{"detail":"Object count exceeded (2)."}`)
	w.must(ownerKey, "DELETE", fmt.Sprintf("%s%v/", objects, first), "")
	w.must(ownerKey, "POST", objects, `{}`)
}

func TestFileBytes(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.MaxFileBytes = 10 })
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "pic", "type": "file"}]}`)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)
	if rec := w.upload(); rec.Code != 200 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.upload(); rec.Code != 400 || rec.Body.String() != `{"detail":"File storage exceeded (10 bytes)."}` {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestFilesAreRefusedWithoutAFolder(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.FilesDir = "" })
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "pic", "type": "file"}]}`)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)
	r := httptest.NewRequest("PATCH", main+"classes/user_profile/objects/1/", strings.NewReader(
		"--b\r\nContent-Disposition: form-data; name=\"pic\"; filename=\"x.png\"\r\n\r\nx\r\n--b--\r\n"))
	r.Header.Set("X-Api-Key", ownerKey)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	rec := httptest.NewRecorder()
	w.d.ServeHTTP(rec, r)
	if rec.Code != 400 || rec.Body.String() != `{"pic":["Files cannot be kept here."]}` {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestSeedTwiceChangesNothing(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "PATCH", "/v1.1/instances/main/", `{"description": "kept"}`)
	before := w.do(ownerKey, "GET", "/v1.1/instances/", "").Body.String() + w.do(ownerKey, "GET", main+"api_keys/", "").Body.String()
	applySeed(t, w.d)
	after := w.do(ownerKey, "GET", "/v1.1/instances/", "").Body.String() + w.do(ownerKey, "GET", main+"api_keys/", "").Body.String()
	if before != after {
		t.Errorf("the second seed changed\n%s\nto\n%s", before, after)
	}
}

func TestBadSeedsNameTheirEntry(t *testing.T) {
	for want, s := range map[string]syncano.Seed{
		"syncano.accounts[0].email: ":                {Accounts: []syncano.SeedAccount{{Email: "nonsense"}}},
		"syncano.accounts[0].account_key: ":          {Accounts: []syncano.SeedAccount{{Email: "a@example.com", AccountKey: aclKey}}},
		"syncano.instances[0].name: ":                {Instances: []syncano.SeedInstance{{Name: "a b"}}},
		"syncano.instances[0].owner: ":               {Instances: []syncano.SeedInstance{{Name: "fresh", Owner: "nobody@example.com"}}},
		"syncano.instances[0].realm: ":               {Instances: []syncano.SeedInstance{{Name: "fresh", Owner: "owner@example.com", Realm: "syncano:accounts"}}},
		"syncano.instances[0].api_keys[0].key: must": {Instances: []syncano.SeedInstance{{Name: "main", APIKeys: []syncano.SeedAPIKey{{Key: ownerKey}}}}},
		"syncano.instances[0].api_keys[0].key: is":   {Instances: []syncano.SeedInstance{{Name: "main", APIKeys: []syncano.SeedAPIKey{{Key: otherKey}}}}},
		"syncano.instances[0].admins[0].role: ":      {Instances: []syncano.SeedInstance{{Name: "main", Admins: []syncano.SeedAdmin{{Email: "full@example.com", Role: "king"}}}}},
		"syncano.instances[0].admins[0].email: ":     {Instances: []syncano.SeedInstance{{Name: "main", Admins: []syncano.SeedAdmin{{Email: "nobody@example.com", Role: "full"}}}}},
	} {
		w := newWorld(t, nil)
		if err := w.d.Seed(context.Background(), s); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("want %q..., have %v", want, err)
		}
	}
}

func TestSeededInstancesHaveTheRealmOfTheirName(t *testing.T) {
	w := newWorld(t, nil)
	stranger := &core.User{Realm: "other", Username: "ann", Enabled: true}
	w.born(stranger)
	list := w.must(otherKey, "GET", "/v1.1/instances/other/users/?fields=username", "")
	if fmt.Sprint(list["objects"]) != "[map[username:ann]]" {
		t.Errorf("the realm of the instance's name shows %v", list["objects"])
	}
}

func TestTwoInstancesCanShareARealm(t *testing.T) {
	w := newWorld(t, nil)
	err := w.d.Seed(context.Background(), syncano.Seed{Instances: []syncano.SeedInstance{
		{Name: "alias", Realm: "main", Owner: "owner@example.com"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)
	w.must(ownerKey, "GET", "/v1.1/instances/alias/users/1/", "")
	w.must(ownerKey, "DELETE", "/v1.1/instances/alias/", "")
	w.must(aclKey, "GET", users+"1/", "")
	w.must(ownerKey, "GET", main+"classes/user_profile/", "")
}

func TestInstancesOfOneRealmHaveKeysOfTheirOwn(t *testing.T) {
	const aliasKey, alias, noKey = "6a6e0c9d1f5b72845a6e0c9d1f5b72845a6e0c91", "/v1.1/instances/alias/", `{"detail":"No such API Key."}`
	w := newWorld(t, nil)
	err := w.d.Seed(context.Background(), syncano.Seed{Instances: []syncano.SeedInstance{
		{Name: "alias", Realm: "main", Owner: "owner@example.com", APIKeys: []syncano.SeedAPIKey{{Key: aliasKey, IgnoreACL: true}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.must(aliasKey, "GET", alias+"users/", "")
	w.refused(aliasKey, "GET", users, "", 403, noKey)
	w.refused(aclKey, "GET", alias+"users/", "", 403, noKey)
	list := w.must(ownerKey, "GET", alias+"api_keys/?fields=api_key,id", "")["objects"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["api_key"] != aliasKey {
		t.Fatalf("the keys of the second instance are %v", list)
	}
	id := fmt.Sprint(list[0].(map[string]any)["id"])
	w.refused(ownerKey, "POST", main+"api_keys/"+id+"/reset_key/", "", 404, notFound)
	for _, seen := range w.must(ownerKey, "GET", main+"api_keys/", "")["objects"].([]any) {
		if seen.(map[string]any)["api_key"] == aliasKey {
			t.Error("the first instance lists a key of the second")
		}
	}
	w.must(ownerKey, "DELETE", alias, "")
	w.must(aclKey, "GET", users, "")
}

func TestARealmIsNeverInherited(t *testing.T) {
	w := newWorld(t, nil)
	w.must(strangerKey, "POST", "/v1.1/instances/other/users/", `{"username": "ann", "password": "x"}`)
	w.must(strangerKey, "DELETE", "/v1.1/instances/other/", "")
	err := w.d.Seed(context.Background(), syncano.Seed{Instances: []syncano.SeedInstance{{Name: "other", Owner: "owner@example.com"}}})
	if err != nil {
		t.Fatal(err)
	}
	if list := w.must(ownerKey, "GET", "/v1.1/instances/other/users/", ""); len(list["objects"].([]any)) != 0 {
		t.Errorf("the new instance shows the old one's people: %v", list)
	}
	w.refused(otherKey, "GET", "/v1.1/instances/other/users/", "", 403, noSuch)
}

func TestScansEndInTime(t *testing.T) {
	w := newWorld(t, func(cfg *syncano.Config) { cfg.QueryTime = time.Nanosecond })
	w.update(func(tx *core.Tx) error {
		for i := range 1100 {
			if err := tx.AddUser(&core.User{Realm: core.MainRealm, Username: fmt.Sprintf("u%d", i), Enabled: true}); err != nil {
				return err
			}
		}
		return nil
	})
	const tooSlow = `{"detail":"Requested query took too long. Timeout was reached."}`
	unmatched := "query=%7B%22revision%22:%7B%22_eq%22:99%7D%7D"
	w.refused(ownerKey, "GET", "/v2/instances/main/users/?"+unmatched, "", 408, tooSlow)
	w.refused(ownerKey, "GET", main+"classes/user_profile/objects/?order_by=created_at", "", 408, tooSlow)
	w.must(ownerKey, "GET", users, "")
	w.must(ownerKey, "GET", "/v2/instances/main/users/", "")
}

func TestAccountWithoutPasswordSetsOne(t *testing.T) {
	const key = "ca11ab1ec0ffee00ca11ab1ec0ffee00ca11ab1a"
	w := newWorld(t, nil)
	err := w.d.Seed(context.Background(), syncano.Seed{Accounts: []syncano.SeedAccount{{Email: "new@example.com", AccountKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	const path, body = "/v1.1/account/password/set/", `{"password": "x"}`
	w.refused("", "POST", "/v1.1/account/auth/", `{"email": "new@example.com", "password": "x"}`, 401, `{"detail":"Invalid password."}`)
	w.must(key, "POST", path, body)
	w.must("", "POST", "/v1.1/account/auth/", `{"email": "new@example.com", "password": "x"}`)
	w.refused(key, "POST", path, body, 400, `{"password":["Admin already has password."]}`)
}

// Two who ask for one name at once: the one who comes second is told so.
func TestLostRacesForANameAreWordedAsTaken(t *testing.T) {
	for _, subject := range []string{"syncano.instance", "syncano.group", "syncano.class"} {
		status, body := words(&core.Error{Kind: core.Conflict, Subject: subject, Faults: []core.Fault{{Field: core.FieldKey, Rule: core.Taken}}})
		if status != 400 || string(body) != `{"name":["This field must be unique."]}` {
			t.Errorf("%s: %d %s", subject, status, body)
		}
	}
}

func TestQueriesNestThroughTheirOwnClasses(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "POST", main+"classes/", `{"name": "books", "schema": [{"name": "title", "type": "string", "filter_index": true},
		{"name": "sequel", "type": "reference", "target": "self", "filter_index": true}]}`)
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "reads", "type": "relation", "target": "books", "filter_index": true}]}`)
	w.must(ownerKey, "POST", main+"classes/books/objects/", `{"title": "second"}`)
	w.must(ownerKey, "POST", main+"classes/books/objects/", `{"title": "first", "sequel": 1}`)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x", "profile": {"reads": [2]}}`)
	query := func(title string) []any {
		q := `{"reads":{"_is":{"sequel":{"_is":{"title":{"_eq":"` + title + `"}}}}}}`
		return w.must(ownerKey, "GET", main+"classes/user_profile/objects/?query="+url.QueryEscape(q), "")["objects"].([]any)
	}
	if found, none := query("second"), query("first"); len(found) != 1 || len(none) != 0 {
		t.Errorf("found %v and %v", found, none)
	}
}

// A condition behind a reference would tell, letter by letter, what the caller may not read.
func TestAConditionSeesOnlyWhatTheCallerMayRead(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "POST", main+"classes/", `{"name": "vault", "other_permissions": "none", "schema": [{"name": "pin", "type": "string", "filter_index": true}]}`)
	w.must(ownerKey, "POST", main+"classes/", `{"name": "notes", "other_permissions": "create_objects", "schema": [
		{"name": "v", "type": "reference", "target": "vault", "filter_index": true}, {"name": "u", "type": "relation", "target": "user", "filter_index": true}]}`)
	w.must(ownerKey, "POST", main+"classes/vault/objects/", `{"pin": "7391", "other_permissions": "read"}`)
	w.must(ownerKey, "POST", users, `{"username": "bob", "password": "x"}`)
	bob := int64(w.must(ownerKey, "GET", users+"?page_size=1&ordering=desc", "")["objects"].([]any)[0].(map[string]any)["id"].(float64))
	ann := w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)["user_key"].(string)
	notes := main + "classes/notes/objects/?user_key=" + ann
	w.must(plainKey, "POST", notes, fmt.Sprintf(`{"v": 1, "u": [%d]}`, bob))
	found := func(key, path, q string) int {
		return len(w.must(key, "GET", path+"&query="+url.QueryEscape(q), "")["objects"].([]any))
	}
	pin, name := `{"v":{"_is":{"pin":{"_eq":"7391"}}}}`, `{"u":{"_is":{"username":{"_startswith":"bo"}}}}`
	for _, q := range []string{pin, name} {
		if mine, all := found(plainKey, notes, q), found(ownerKey, main+"classes/notes/objects/?page_size=5", q); mine != 0 || all != 1 {
			t.Errorf("%s: a user finds %d, the account %d", q, mine, all)
		}
	}
	w.must(ownerKey, "PATCH", main+"classes/vault/", `{"other_permissions": "read"}`)
	if n := found(plainKey, notes, pin); n != 1 {
		t.Errorf("%d with the right to read", n)
	}
}

// The size of an object is that of all its values together, whenever they came.
func TestObjectSizeCountsWhatWasThere(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}]}`)
	long := strings.Repeat("é", 20000)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x", "profile": {"a": "`+long+`"}}`)
	w.refused(ownerKey, "PATCH", main+"classes/user_profile/objects/1/", `{"b": "`+long+`"}`, 400, `{"non_field_errors":["Object maximum size exceeded."]}`)
	w.refused(ownerKey, "PATCH", users+"1/", `{"profile": {"b": "`+long+`"}}`, 400, `{"profile":{"non_field_errors":["Object maximum size exceeded."]}}`)
	w.must(ownerKey, "PATCH", users+"1/", `{"profile": {"a": null, "b": "`+long+`"}}`)
}

// Two instances that share a realm share its people, and nothing else.
func TestAKeyOfOneInstanceDoesNotSeeAnotherOnItsRealm(t *testing.T) {
	w := newWorld(t, nil)
	other := strings.Repeat("b", 39) + "1"
	err := w.d.Seed(context.Background(), syncano.Seed{Instances: []syncano.SeedInstance{
		{Name: "people", Owner: "owner@example.com", Realm: string(core.MainRealm), APIKeys: []syncano.SeedAPIKey{{Key: other}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.must(other, "GET", "/v1.1/instances/people/", "")
	w.refused(other, "GET", "/v1.1/instances/main/", "", 404, `{"detail":"Not found"}`)
	w.refused(plainKey, "GET", "/v1.1/instances/people/", "", 404, `{"detail":"Not found"}`)
	w.refused(plainKey, "GET", "/v1.1/instances/people/users/", "", 403, `{"detail":"No such API Key."}`)
}
