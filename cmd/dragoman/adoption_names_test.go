package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Whoever has the public key of an app takes no name of a user who is still at the vendor,
// neither by a registration nor by another name for a user of their own.
func TestNamesOfTheVendorsUsersCannotBeRegistered(t *testing.T) {
	t.Parallel()
	v := startVendor(t)
	v.addUser(t, "boss", "old-password-1")
	v.manage(t, "POST", "users/", `{"username": "bossy", "password": "old-password-2"}`, "username")
	g := startAdopting(t, v, "--adopt-renumber") // bos has the number of boss
	account := []string{"X-API-KEY", seedAccountKey, "Content-Type", "application/json"}
	made := g.must(t, "POST", instance+"api_keys/", `{"allow_user_create": true}`, account...)
	_, key, _ := strings.Cut(made.body, `"api_key":"`)
	public := []string{"X-API-KEY", key[:40], "Content-Type", "application/json"}
	const taken = `{"username":["This field must be unique."]}`
	refused := func(method, path, body string, header []string) {
		t.Helper()
		if a := g.do(t, method, path, body, header...); a.status != http.StatusBadRequest || a.body != taken {
			t.Errorf("%s %s: %d %s", method, body, a.status, a.body)
		}
	}
	for _, name := range []string{"boss", "BOSS", "boss@example.com", "bossy"} {
		for _, path := range []string{instance, "/v2/instances/main/"} {
			refused("POST", path+"users/", `{"username": "`+name+`", "password": "evilpass11"}`, public)
		}
	}
	g.must(t, "POST", instance+"users/", `{"username": "bos", "password": "evilpass11"}`, public...)
	login := g.syncanoLogin(t, "bos", "evilpass11")
	_, userKey, _ := strings.Cut(login.body, `"user_key":"`)
	refused("PATCH", instance+"user/", `{"username": "boss"}`, append([]string{"X-USER-KEY", userKey[:40]}, public...))
	if status := g.onAppLogin(t, "boss", "old-password-1"); status != http.StatusOK {
		t.Errorf("boss is answered %d", status)
	}
	v.mode.Store("down")
	if a := g.do(t, "POST", instance+"users/", `{"username": "later", "password": "evilpass11"}`, public...); a.status != http.StatusServiceUnavailable {
		t.Errorf("without the vendor: %d %s", a.status, a.body)
	}
	// A caller with rights over users gives names without a question.
	g.must(t, "POST", instance+"users/", `{"username": "hired", "password": "new-password-1"}`, account...)
	g.must(t, "POST", "/users.json", `{"user":{"login":"staff","email":"staff@example.com","password":"new-password-2"}}`, append(jsonBody, admin...)...)
}

// Each vendor finds by its own API what that shows.
func TestEachVendorFindsItsUsersByName(t *testing.T) {
	t.Parallel()
	v := startVendor(t)
	v.addUser(t, "boss", "old-password-1")
	secret, account := writeFile(t, "secret", seedPassword), writeFile(t, "account", seedAccountKey)
	for dialect, c := range map[string]struct {
		flags []string
		finds string
	}{
		"syncano":  {[]string{"--syncano-upstream-secret-file", account}, "Boss"},
		"onapp":    {[]string{"--onapp-upstream-login", "admin", "--onapp-upstream-secret-file", secret}, "Boss Boss@example.com"},
		"econtext": {[]string{"--econtext-upstream-login", "admin", "--econtext-upstream-secret-file", secret}, "Boss@example.com"},
	} {
		t.Run(dialect, func(t *testing.T) {
			g := startSeeded(t, append(c.flags, "--"+dialect+"-upstream", v.url, "--adopt-timeout", "2m", "--adopt-rate", "100")...)
			made := g.must(t, "POST", instance+"api_keys/", `{"allow_user_create": true}`, "X-API-KEY", seedAccountKey, "Content-Type", "application/json")
			_, key, _ := strings.Cut(made.body, `"api_key":"`)
			for _, name := range []string{"Boss", "Boss@example.com", "oss", "example.com", "@", "o@e"} {
				a := g.do(t, "POST", instance+"users/", `{"username": "`+name+`", "password": "evilpass11"}`, "X-API-KEY", key[:40], "Content-Type", "application/json")
				want := http.StatusCreated
				if slices.Contains(strings.Fields(c.finds), name) {
					want = http.StatusBadRequest
				}
				if a.status != want {
					t.Errorf("%s: %d %s, want %d", name, a.status, a.body, want)
				}
			}
		})
	}
}
