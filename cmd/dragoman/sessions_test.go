package main

import (
	"regexp"
	"strings"
	"testing"
)

var shownKey = regexp.MustCompile(`"user_key":"([0-9a-f]*)"`)

// userKey logs a user in to Syncano and returns the user key.
func userKey(t *testing.T, g *gatewayRun, name, password string) string {
	t.Helper()
	got := g.do(t, "POST", "/v1.1/instances/main/user/auth/", `{"username":"`+name+`","password":"`+password+`"}`, append(jsonBody, "X-API-KEY", seedAPIKey)...)
	found := shownKey.FindStringSubmatch(got.body)
	if got.status != 200 || found == nil || len(found[1]) != 40 {
		t.Fatalf("%s cannot log in: %d %s", name, got.status, got.body)
	}
	return found[1]
}

// A user key ends with what another dialect does about a break-in, and not with a
// password that is set in Syncano.
func TestUserKeysEndWithAPasswordASuspensionAndAnUnlock(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed), "--onapp-lockout-attempts", "1")
		json := append(jsonBody, admin...)
		must := func(method, path, body string, header ...string) answer {
			t.Helper()
			got := g.do(t, method, path, body, header...)
			if got.status >= 300 {
				t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
			}
			return got
		}
		must("POST", "/users.json", `{"user":{"login":"ann","email":"ann@example.com","password":"changeme2"}}`, json...)
		list := must("GET", "/api/users/search/ann@example.com", "", admin...)
		uid := regexp.MustCompile(`"id": "([^"]+)", "name"`).FindStringSubmatch(list.body)
		if uid == nil {
			t.Fatal(list.body)
		}
		for claim, change := range map[string]func(key string){
			"a password of OnApp":    func(string) { must("PUT", "/users/3.json", `{"user":{"password":"changeme2"}}`, json...) },
			"a password of eContext": func(string) { must("PUT", "/api/users/user/"+uid[1], `{"password":"changeme2"}`, json...) },
			"a suspension": func(string) {
				must("GET", "/users/3/suspend.json", "", admin...)
				must("GET", "/users/3/activate_user.json", "", admin...)
			},
			"an unlock": func(string) {
				g.do(t, "GET", "/version.json", "", "Authorization", basic("ann:wrong"))
				must("POST", "/users/3/unlock_account.json", "{}", json...)
			},
			"": func(key string) {
				must("PATCH", "/v1.1/instances/main/user/", `{"password":"changeme2"}`, append(jsonBody, "X-API-KEY", seedAPIKey, "X-USER-KEY", key)...)
			},
		} {
			key := userKey(t, g, "ann", "changeme2")
			change(key)
			ended := g.do(t, "GET", "/v1.1/instances/main/user/", "", "X-API-KEY", seedAPIKey, "X-USER-KEY", key).status != 200
			if ended != (claim != "") {
				t.Errorf("after %q the key has ended: %v", claim, ended)
			}
		}
	})
}

func TestUserKeysOfAdministratorsAreTheirs(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		const readerKey = "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b72"
		seed := strings.Replace(devSeed, "  instances:\n", "    - {email: reader@example.com, account_key: "+readerKey+"}\n  instances:\n", 1)
		seed = strings.Replace(seed, "      api_keys:\n", "      admins: [{email: reader@example.com, role: read}]\n      api_keys:\n", 1)
		g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", seed))
		shown := func(key string, more ...string) string {
			t.Helper()
			got := g.do(t, "GET", "/v1.1/instances/main/users/1/", "", append(more, "X-API-KEY", key)...)
			found := shownKey.FindStringSubmatch(got.body)
			if got.status != 200 || found == nil {
				t.Fatalf("%d %s", got.status, got.body)
			}
			return found[1]
		}
		const owner = "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70"
		if key := shown(owner); key != "" {
			t.Errorf("an administrator who never logged in to Syncano has the key %s", key)
		}
		key := userKey(t, g, "admin", seedPassword)
		if again := userKey(t, g, "admin", seedPassword); again != key {
			t.Errorf("the next login has another key")
		}
		if shown(seedAPIKey) != "" || shown(readerKey) != "" {
			t.Error("an API key or a reader sees an administrator's key")
		}
		if shown(owner) != key || shown(seedAPIKey, "X-USER-KEY", key) != key {
			t.Error("the owner of the instance, or the administrator, does not see the key")
		}
		if ann := g.do(t, "GET", "/v1.1/instances/main/users/2/", "", "X-API-KEY", readerKey); len(shownKey.FindStringSubmatch(ann.body)[1]) != 40 {
			t.Errorf("an ordinary user: %s", ann.body)
		}
	})
}

// An ordinary user's key may lie anywhere: it ends when they gain rights.
func TestAUserKeyEndsWhenItsUserGainsRights(t *testing.T) {
	g := startSeeded(t)
	json := append(jsonBody, admin...)
	g.do(t, "POST", "/users.json", `{"user":{"login":"ann","email":"ann@example.com","password":"changeme2"}}`, json...)
	key := userKey(t, g, "ann", "changeme2")
	if got := g.do(t, "PUT", "/users/3.json", `{"user":{"role_ids":[1],"first_name":"Ann"}}`, json...); got.status != 204 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := g.do(t, "GET", "/v1.1/instances/main/user/", "", "X-API-KEY", seedAPIKey, "X-USER-KEY", key); got.status == 200 {
		t.Error("the key still works")
	}
	if again := userKey(t, g, "ann", "changeme2"); again == key {
		t.Error("the key came back")
	}
	if got := g.do(t, "GET", "/users/3.json", "", admin...); !strings.Contains(got.body, `"first_name":"Ann"`) {
		t.Errorf("the rest of the update is lost: %s", got.body)
	}
}

// So it does when the role that they have gains rights.
func TestAUserKeyEndsWhenItsUsersRoleGainsRights(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed))
		json := append(jsonBody, admin...)
		role := g.do(t, "POST", "/roles.json", `{"role":{"label":"own","permission_ids":[13]}}`, json...)
		id := regexp.MustCompile(`"id":([0-9]+)`).FindStringSubmatch(role.body)
		if id == nil {
			t.Fatalf("%d %s", role.status, role.body)
		}
		g.do(t, "POST", "/users.json", `{"user":{"login":"ann","email":"ann@example.com","password":"changeme2","role_ids":[`+id[1]+`]}}`, json...)
		key := userKey(t, g, "ann", "changeme2")
		works := func(key string) bool {
			return g.do(t, "GET", "/v1.1/instances/main/user/", "", "X-API-KEY", seedAPIKey, "X-USER-KEY", key).status == 200
		}
		for _, c := range []struct {
			permissions string
			works       bool
		}{{"[13,9]", true}, {"[13,12]", false}} {
			if got := g.do(t, "PUT", "/roles/"+id[1]+".json", `{"role":{"permission_ids":`+c.permissions+`}}`, json...); got.status != 204 {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if works(key) != c.works {
				t.Errorf("with %s the key works: %v", c.permissions, !c.works)
			}
		}
		if again := userKey(t, g, "ann", "changeme2"); again == key || !works(again) {
			t.Error("the next login has no new key")
		}
	})
}
