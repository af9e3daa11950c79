package main

import (
	"strings"
	"testing"
)

// Whoever can name a user must not take over the login of another by it.
func TestANameThatIsAnothersAddressIsRefused(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed))
		json := append(jsonBody, admin...)
		for _, body := range []string{
			`{"user":{"login":"ceo@corp.example","email":"private@corp.example","password":"changeme2"}}`,
			`{"user":{"login":"joe","email":"joe@corp.example","password":"changeme3","role_ids":[2]}}`,
		} {
			if got := g.do(t, "POST", "/users.json", body, json...); got.status != 201 {
				t.Fatalf("%d %s", got.status, got.body)
			}
		}
		for _, r := range []struct {
			path, body, word string
			status           int
			header           []string
		}{
			{"/v1.1/instances/main/users/", `{"username":"Admin@example.com","password":"x"}`, "unique", 400, []string{"X-API-KEY", seedAPIKey}},
			{"/v1.1/instances/main/users/", `{"username":"\u0430dmin","password":"x"}`, "unique", 400, []string{"X-API-KEY", seedAPIKey}},
			{"/v1.1/instances/main/users/", `{"username":"admin\u200b","password":"x"}`, "username", 400, []string{"X-API-KEY", seedAPIKey}},
			{"/users/4.json", `{"user":{"email":"CEO@corp.example"}}`, "taken", 422, []string{"Authorization", basic("joe:changeme3")}},
		} {
			method := "POST"
			if r.status == 422 {
				method = "PUT"
			}
			got := g.do(t, method, r.path, r.body, append(r.header, jsonBody...)...)
			if got.status != r.status || !strings.Contains(got.body, r.word) {
				t.Errorf("%s %s: %d %s", r.path, r.body, got.status, got.body)
			}
		}
		if got := g.do(t, "GET", "/api/users", "", "Authorization", basic("admin@example.com:"+seedPassword)); got.status != 200 {
			t.Errorf("the administrator by address: %d", got.status)
		}
		for password, want := range map[string]int{"changeme2": 200, "changeme3": 401} {
			if got := g.do(t, "GET", "/profile.json", "", "Authorization", basic("ceo@corp.example:"+password)); got.status != want {
				t.Errorf("the login that is an address: %d, want %d", got.status, want)
			}
		}
	})
}

// A public key must not show which names are administrators'.
func TestSyncanoDoesNotTellTheNamesOfAdministrators(t *testing.T) {
	g := startSeeded(t)
	for name, word := range map[string]string{"admin": "Invalid username.", "zoe": "Invalid username.", "old": "Invalid password."} {
		got := g.do(t, "POST", "/v1.1/instances/main/user/auth/", `{"username":"`+name+`","password":"wrong"}`, append(jsonBody, "X-API-KEY", seedAPIKey)...)
		if got.status != 401 || !strings.Contains(got.body, word) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}
