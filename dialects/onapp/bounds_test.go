package onapp

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

func TestGeneratedKeysLogInUpToAHundred(t *testing.T) {
	w := newFixture(t)
	var keys []string
	for range maxKeys {
		a := w.as("key", "POST /users/3/user_api_keys/generate.json", "")
		var body struct {
			APIKey string `json:"api_key"`
		}
		if err := json.Unmarshal(a.Body.Bytes(), &body); err != nil || len(body.APIKey) != keyLength {
			t.Fatalf("%s, %v", a.Body, err)
		}
		keys = append(keys, body.APIKey)
	}
	a := w.as("key", "POST /users/3/user_api_keys/generate.json", "")
	wantStatus(t, a, 422)
	wantBody(t, a, `{"errors":{"base":["You have reached the maximum number of API keys"]}}`)
	for _, key := range []string{keys[0], keys[maxKeys-1], noraKey} {
		if a := w.guess("nora@example.com", key); !strings.Contains(a, "version") {
			t.Errorf("not let in: %s", a)
		}
		for _, login := range []string{"nora", "bob@example.com"} {
			if a := w.guess(login, key); strings.Contains(a, "version") {
				t.Errorf("let in as %s", login)
			}
		}
	}
	w.do("DELETE /users/3.json?force=1", "")
	if a := w.guess("nora@example.com", keys[0]); strings.Contains(a, "version") {
		t.Errorf("the key of a removed user: %s", a)
	}
}

func TestAGeneratedKeyIsLikeAnyKey(t *testing.T) {
	for _, hide := range []bool{false, true} {
		w := newFixtureWith(t, Config{HideLoginFromKeys: hide})
		a := w.as("key", "POST /users/3/user_api_keys/generate.json", "")
		key := strings.Split(a.Body.String(), `"`)[3]
		w.vars["generated"] = "Authorization: " + dialecttest.Basic("nora@example.com", key)
		a = w.as("generated", "GET /profile.json", "")
		if shown := strings.Contains(a.Body.String(), `"login":"nora"`); shown == hide || a.Code != 200 {
			t.Errorf("hidden %v: %d %s", hide, a.Code, a.Body)
		}
	}
}

func TestRowsHaveABound(t *testing.T) {
	for path, c := range map[string]struct {
		body  string
		bound int
	}{
		"/users/3/user_white_lists.json":     {`{"ip":"0.0.0.0/0"}`, maxUserRecords},
		"/users/3/yubi_keys.json":            {`{"otp":"cccccccccccc"}`, maxUserRecords},
		"/users/3/ssh_keys.json":             {`{"key":"ssh-rsa AAAA"}`, maxUserRecords},
		"/users/3/payments.json":             {`{"amount":1}`, maxUserRecords},
		"/billing/buckets/1/rate_cards.json": {`{"type":"t%d"}`, maxBucketItems},
		"/user_additional_fields.json":       {`{"name":"f%d"}`, maxFields},
	} {
		t.Run(path, func(t *testing.T) {
			w := newFixture(t)
			for i := range c.bound {
				w.do("POST "+path, strings.ReplaceAll(c.body, "%d", fmt.Sprint(i)))
			}
			a := w.as("auth", "POST "+path, strings.ReplaceAll(c.body, "%d", "more"))
			wantStatus(t, a, 422)
			wantBody(t, a, `{"errors":{"base":["You have reached the maximum number of items"]}}`)
		})
	}
}

func TestAnythingElseAsStatusOfANewUserIsActive(t *testing.T) {
	w := newFixture(t)
	for i, status := range []string{"deleted", "locked", "", "SUSPENDED"} {
		body := fmt.Sprintf(`{"user":{"login":"k%d","email":"k%d@example.org","password":"s3cret!","status":%q}}`, i, i, status)
		wantBody(t, w.do("POST /users.json", body), `"status":"active"`)
	}
}

func TestASinglePermissionNeedsNoList(t *testing.T) {
	w := newFixture(t)
	a := w.as("auth", "POST /roles.json?role[label]=x&role[permission_ids]=13", "")
	wantStatus(t, a, 201)
	wantBody(t, a, `"identifier":"users.read.own"`)
}

func TestTheNextPasswordCountsAlthoughTheLastWasRemembered(t *testing.T) {
	w := newFixture(t)
	wantStatus(t, w.as("nora", "GET /version.json", ""), 200)
	wantStatus(t, w.as("nora", "GET /version.json", ""), 200)
	w.do("PUT /users/3.json", `{"user":{"password":"n3w-secret"}}`)
	wantStatus(t, w.as("nora", "GET /version.json", ""), 401)
	w.do("PUT /users/3.json", `{"user":{"password":"`+password+`"}}`)
	w.do("POST /users/3/suspend.json", "")
	wantStatus(t, w.as("nora", "GET /version.json", ""), 401)
}
