package syncano_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// People who were born in another dialect, or are changed there.

func TestForeignerGetsKeyAndProfileOnce(t *testing.T) {
	w := newWorld(t, nil)
	u := w.born(coretest.User("Ann"))
	first := w.must(ownerKey, "GET", users+"1/", "")
	key, _ := first["user_key"].(string)
	if len(key) != 40 || !strings.Contains("02468ace", key[39:]) {
		t.Errorf("the key %q is not 40 digits with an even last one", key)
	}
	if first["username"] != "ann" {
		t.Errorf("the name shows as %v, want small letters", first["username"])
	}
	second := w.must(ownerKey, "GET", users+"1/", "")
	if fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("the second look differs:\n%v\n%v", first, second)
	}
	if stored := w.user(u.ID); stored.Username != "Ann" || !stored.UpdatedAt.Equal(u.UpdatedAt) {
		t.Errorf("looking changed %q at %v", stored.Username, stored.UpdatedAt)
	}
}

func TestPageOfForeignersIsFurnishedTogether(t *testing.T) {
	w := newWorld(t, nil)
	for i := range 30 {
		w.born(coretest.User(fmt.Sprintf("u%02d", i)))
	}
	list := w.must(aclKey, "GET", users, "")["objects"].([]any)
	seen := map[any]bool{}
	for _, o := range list {
		seen[o.(map[string]any)["user_key"]] = true
	}
	if len(list) != 30 || len(seen) != 30 {
		t.Errorf("%d people with %d keys, want 30 of each", len(list), len(seen))
	}
}

func TestForeignerIsChangedWithoutInventingAnything(t *testing.T) {
	w := newWorld(t, nil)
	ann := coretest.User("Ann")
	ann.Facets.Set("onapp", []byte(`{"locale":"en"}`))
	ann.Attributes.Set("shoe", `"37"`)
	w.born(ann)
	w.must(ownerKey, "PUT", users+"1/", `{"username": "ANN", "password": "x"}`)
	u := w.user(1)
	if u.Username != "Ann" || u.Email != "Ann@example.com" || string(u.Facets.Get("onapp").Text()) != `{"locale":"en"}` {
		t.Errorf("the change lost something: %q %q %s", u.Username, u.Email, u.Facets.Get("onapp").Text())
	}
	w.must(ownerKey, "PATCH", users+"1/", `{"username": "Bea"}`)
	if u := w.user(1); u.Username != "bea" {
		t.Errorf("a new name is kept as %q, want small letters", u.Username)
	}
	if v, _ := w.user(1).Attributes.Get("shoe"); v != `"37"` {
		t.Errorf("an attribute that no schema declares became %q", v)
	}
}

func TestValuesOfOtherDialectsShowIfTheyFit(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [
		{"name": "age", "type": "integer"}, {"name": "city", "type": "string"}, {"name": "size", "type": "float"},
		{"name": "tags", "type": "array"}, {"name": "day", "type": "datetime"}, {"name": "pic", "type": "file"},
		{"name": "at", "type": "geopoint"}, {"name": "like", "type": "relation", "target": "user"}, {"name": "on", "type": "boolean"},
		{"name": "bag", "type": "object"}, {"name": "ref", "type": "reference", "target": "self"}]}`)
	w.born(coretest.User("ann"))
	for _, c := range []struct{ attribute, value, want string }{
		{"age", `5`, `5`}, {"age", `5.0`, `null`}, {"age", `"5"`, `null`}, {"age", `2147483648`, `null`}, {"age", `null`, `null`},
		{"city", `"R\u00e9via\/x"`, `"Révia/x"`}, {"city", `5`, `null`}, {"size", `3`, `3.0`}, {"size", `"3"`, `null`},
		{"tags", `[1, "x"]`, `[1,"x"]`}, {"tags", `[[1]]`, `null`}, {"tags", `{}`, `null`}, {"day", `"2016-03-17"`, `null`},
		{"day", `"2016-03-17T17:56:31.181939Z"`, `{"type":"datetime","value":"2016-03-17T17:56:31.181939Z"}`},
		{"pic", `"../../etc/passwd"`, `null`}, {"at", `{"longitude": 1, "latitude": 99}`, `null`}, {"like", `["x"]`, `null`},
		{"like", `[2, 1]`, `{"type":"relation","target":"user","value":[2,1]}`}, {"on", `"true"`, `null`}, {"on", `true`, `true`},
		{"bag", `[1]`, `null`}, {"bag", `{ "a" : 1 }`, `{"a":1}`}, {"ref", `-1`, `null`}, {"ref", `"x"`, `null`},
	} {
		w.change(1, func(u *core.User) { u.Attributes.Set(c.attribute, c.value) })
		body := w.do(ownerKey, "GET", users+"1/?fields=profile,"+c.attribute, "").Body.String()
		if want := `{"profile":{"` + c.attribute + `":` + c.want + `}}`; body != want {
			t.Errorf("%s = %s shows as %s, want %s", c.attribute, c.value, body, want)
		}
	}
}

func TestValuesWrittenHereAreAttributes(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "age", "type": "integer"}, {"name": "day", "type": "datetime"}]}`)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x", "profile": {"age": "5", "day": "2016-03-17T17:56:31.1Z"}}`)
	u := w.user(1)
	age, _ := u.Attributes.Get("age")
	day, _ := u.Attributes.Get("day")
	if age != "5" || day != `"2016-03-17T17:56:31.100000Z"` {
		t.Errorf("stored as %s and %s", age, day)
	}
	w.must(ownerKey, "PATCH", users+"1/", `{"profile": {"age": null}}`)
	if _, there := w.user(1).Attributes.Get("age"); there {
		t.Error("null left the attribute behind")
	}
}

func TestDisabledPeopleCannotAct(t *testing.T) {
	for name, disable := range map[string]func(*core.User){
		"switched_off": func(u *core.User) { u.Enabled = false },
		"expired":      func(u *core.User) { u.EnabledUntil = coretest.Start },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			key, _ := w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)["user_key"].(string)
			w.must(plainKey, "GET", main+"user/?user_key="+key, "")
			w.change(1, disable)
			w.refused(plainKey, "GET", main+"user/?user_key="+key, "", 403, forbid)
			w.refused(plainKey, "POST", main+"user/auth/", `{"username": "ann", "password": "x"}`, 401, `{"detail":"Invalid password."}`)
			w.must(ownerKey, "GET", users+"1/", "")
		})
	}
}

func TestDeletedElsewhereIsInvisible(t *testing.T) {
	w := newWorld(t, nil)
	key, _ := w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)["user_key"].(string)
	w.must(ownerKey, "POST", users, `{"username": "bea", "password": "x"}`)
	w.must(ownerKey, "POST", main+"groups/", `{}`)
	w.must(ownerKey, "POST", main+"groups/1/users/", `{"user": 1}`)
	w.must(ownerKey, "POST", main+"groups/1/users/", `{"user": 2}`)
	w.change(1, func(u *core.User) { u.DeletedAt = coretest.Start })
	for path, want := range map[string]string{
		users + "?fields=id":                               `{"next":null,"prev":null,"objects":[{"id":2}]}`,
		main + "groups/1/users/?fields=id":                 `{"next":null,"prev":null,"objects":[{"user":{"id":2}}]}`,
		main + "groups/1/users/?fields=id&page_size=1":     `{"next":"/v1.1/instances/main/groups/1/users/?page_size=1&direction=1&last_pk=2","prev":null,"objects":[{"user":{"id":2}}]}`,
		main + "classes/user_profile/objects/?fields=id":   `{"next":null,"prev":null,"objects":[{"id":2}]}`,
		"/v2/instances/main/users/?fields=id":              `{"next":null,"prev":null,"objects":[{"id":2}]}`,
		"/v2/instances/main/users/?fields=id&order_by=-id": `{"next":null,"prev":null,"objects":[{"id":2}]}`,
		main + "classes/user_profile/objects/1/":           notFound,
		users + "1/":                                       notFound,
		users + "1/groups/":                                `{"detail":"User was not found."}`,
		main + "groups/1/users/1/":                         notFound,
	} {
		if body := w.do(ownerKey, "GET", path, "").Body.String(); body != want {
			t.Errorf("GET %s: %s, want %s", path, body, want)
		}
	}
	w.refused(plainKey, "GET", main+"user/?user_key="+key, "", 403, forbid)
	w.refused(plainKey, "POST", main+"user/auth/", `{"username": "ann", "password": "x"}`, 401, `{"detail":"Invalid username."}`)
}

func TestRemovedElsewhereTakesTheProfileAlong(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)
	w.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(core.MainRealm, 1))
		if err != nil {
			return err
		}
		return tx.RemoveUser(u)
	})
	w.refused(ownerKey, "GET", main+"classes/user_profile/objects/1/", "", 404, notFound)
}

func TestImportedKeysAndPasswordsStay(t *testing.T) {
	w := newWorld(t, nil)
	u := coretest.User("ann")
	u.Password = "pbkdf2_sha256$1000$abcdefghijkl$"
	u.SetHandle("syncano.user_key", strings.Repeat("ab", 19)+"a0")
	u.CreatedAt = time.Date(2015, 1, 2, 3, 4, 5, 6000, time.UTC)
	w.born(u)
	shown := w.must(ownerKey, "GET", users+"1/", "")
	if shown["user_key"] != u.Handle("syncano.user_key") {
		t.Errorf("the imported key became %v", shown["user_key"])
	}
	if at := shown["profile"].(map[string]any)["created_at"]; at != "2015-01-02T03:04:05.000006Z" {
		t.Errorf("the profile is from %v, want the person's birth", at)
	}
	if w.user(1).Password != u.Password {
		t.Error("looking rewrote the password")
	}
}

// Lists of profiles, and queries of v2, include every user who came from elsewhere.
func TestForeignersAreFoundBeforeTheyWereShown(t *testing.T) {
	const objects = main + "classes/user_profile/objects/"
	for _, path := range []string{
		objects + "?fields=owner", objects + "?fields=owner&page_size=2&direction=1&last_pk=0", objects + "?fields=owner&order_by=-id",
		objects + "?fields=owner&direction=0", objects + "?fields=owner&order_by=created_at", "/v2/instances/main/users/?fields=id&order_by=-created_at",
		`/v2/instances/main/users/?fields=id&query=%7B%22username%22:%7B%22_neq%22:%22x%22%7D%7D`, main + "classes/user_profile/?fields=objects_count",
	} {
		w := newWorld(t, nil)
		w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)
		w.born(coretest.User("bea"))
		w.born(coretest.User("cid"))
		w.change(3, func(u *core.User) { u.DeletedAt = coretest.Start })
		shown := w.must(ownerKey, "GET", path, "")
		if list, isList := shown["objects"].([]any); isList && len(list) != 2 || !isList && shown["objects_count"] != 2.0 {
			t.Errorf("GET %s shows %v, want 2", path, shown)
		}
	}
}

// Passwords as the original stores them work, and stay as they are.
func TestStoredPasswordsOfTheOriginal(t *testing.T) {
	const hash = "pbkdf2_sha256$100000$Zk4TqV9sW1xY$ZTnUmPAtsgqob6U7pqLhRGNNzG9q4V2HdW6ZREQ+/AU="
	w := newWorld(t, nil)
	for name, stored := range map[string]string{"ann": hash, "none": "", "unusable": "!x"} {
		u := coretest.User(name)
		u.Password = stored
		w.born(u)
	}
	w.must(plainKey, "POST", main+"user/auth/", `{"username": "ann", "password": " changeme1 "}`)
	for _, name := range []string{"ann", "none", "unusable"} {
		w.refused(plainKey, "POST", main+"user/auth/", `{"username": "`+name+`", "password": "!x"}`, 401, `{"detail":"Invalid password."}`)
	}
	list := w.must(ownerKey, "GET", users+"?username__startswith=ann", "")["objects"].([]any)
	if id := int64(list[0].(map[string]any)["id"].(float64)); w.user(id).Password != hash {
		t.Error("logging in rewrote the hash")
	}
}

// An import may bring user keys in upper case, and twice but for the case.
func TestUserKeysInUpperCaseBelongToTheirUsers(t *testing.T) {
	const lower = "abcdefabcdefabcdefabcdefabcdefabcdefab00"
	w := newWorld(t, nil)
	keys := map[string]string{}
	for _, c := range []struct{ name, given string }{
		{"lower", lower}, {"twin", strings.ToUpper(lower)}, {"upper", strings.ToUpper("beef" + lower[4:])},
	} {
		u := coretest.User(c.name)
		u.SetHandle("syncano.user_key", c.given)
		keys[c.name] = w.user(w.born(u).ID).Handle("syncano.user_key")
		path := main + "user/?api_key=" + plainKey + "&user_key=" + keys[c.name]
		if shown := w.must("", "GET", path, ""); shown["username"] != c.name {
			t.Errorf("the key of %s is that of %v", c.name, shown["username"])
		}
	}
	if keys["lower"] != lower || keys["upper"] != "beef"+lower[4:] {
		t.Errorf("a key that works was replaced: %v", keys)
	}
}
