package main

import (
	"regexp"
	"testing"
)

// Users of a store that no dialect has seen get their Syncano key at the start.
func TestUsersThatNoDialectHasSeenAreProvisionedAtTheStart(t *testing.T) {
	store, seed := dbIn(t), writeFile(t, "seed.yaml", devSeed)
	start(t, "--store", store, "--seed", seed).end(t)
	fillStore(t, store, 700) // more than one batch
	g := start(t, "--store", store, "--seed", seed)
	for _, page := range []string{"?page_size=100", "?page_size=100&last_pk=600"} {
		got := g.do(t, "GET", "/v1.1/instances/main/users/"+page, "", "X-API-KEY", seedAPIKey)
		shown := len(regexp.MustCompile(`"username":"filled\d+"`).FindAllString(got.body, -1))
		keys := len(regexp.MustCompile(`"user_key":"[0-9a-f]{40}"`).FindAllString(got.body, -1))
		// The administrator gets a key when they log in to Syncano, not before.
		if got.status != 200 || shown < 98 || keys < 99 {
			t.Errorf("%s: %d, %d users, %d keys", page, got.status, shown, keys)
		}
	}
}
