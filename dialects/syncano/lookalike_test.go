package syncano_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// Addresses that a reader takes for that of the account owner@example.com: a Cyrillic and
// a Greek letter, full-width letters, and characters that do not show.
var likeOwner = []string{
	"\u043ewner@example.com", "\u03bfwner@example.com", "\uff4f\uff57\uff4e\uff45\uff52@example.com", "own\u200ber@example.com", "own\u00ader@example.com",
}

const badEmail = `{"email":["Enter a valid email address."]}`

func TestNoAccountGetsAnAddressThatLooksLikeAnothers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cfg *syncano.Config) { cfg.OpenRegistration = true })
	for _, email := range likeOwner {
		body := fmt.Sprintf(`{"email": %q, "password": "secret"}`, email)
		w.refused("", "POST", "/v1.1/account/register/", body, 400, badEmail)
		for _, method := range []string{"PUT", "PATCH"} {
			w.refused(writeKey, method, "/v1.1/account/", body, 400, badEmail)
		}
	}
}

// The core refuses what only it can know, also of the operator's seed.
func TestNoSeededAccountHasAnAddressThatLooksLikeAnothers(t *testing.T) {
	t.Parallel()
	for _, email := range likeOwner[2:] {
		w := newWorldOn(t, dialecttest.SQLite().Open(t), nil)
		if err := w.d.Seed(context.Background(), syncano.Seed{Accounts: []syncano.SeedAccount{{Email: email}}}); core.AsError(err) == nil {
			t.Errorf("%s: %v", email, err)
		}
	}
}

// An account from before the rule goes on.
func TestAnAccountKeepsItsAddress(t *testing.T) {
	t.Parallel()
	const email, key = "z\u00f6e@example.com", "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b72"
	w := newWorld(t, nil)
	hash, err := w.dir.HashPassword(context.Background(), "secret")
	if err != nil {
		t.Fatal(err)
	}
	u := &core.User{Realm: "syncano:accounts", Username: email, Email: email, Password: hash, Enabled: true}
	u.SetHandle("syncano.account_key", key)
	w.born(u)
	w.must("", "POST", "/v1.1/account/auth/", fmt.Sprintf(`{"email": %q, "password": "secret"}`, email))
	got := w.must(key, "PUT", "/v1.1/account/", fmt.Sprintf(`{"email": %q, "first_name": "Zoe"}`, email))
	if got["email"] != email || got["first_name"] != "Zoe" {
		t.Error(got)
	}
}
