package core_test

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

func TestTraceSaysWhyALoginFailed(t *testing.T) {
	d, _ := directory(t)
	encoded, err := d.HashPassword(context.Background(), "right-1")
	if err != nil {
		t.Fatal(err)
	}
	user := func(enabled bool, hash string) *core.User {
		return &core.User{ID: 7, Realm: core.MainRealm, Username: "ann", Enabled: enabled, Password: hash}
	}
	for name, c := range map[string]struct {
		user  *core.User
		plain string
		want  string
	}{
		"right":    {user(true, encoded), "right-1", ""},
		"wrong":    {user(true, encoded), "wrong-1", "wrong password"},
		"disabled": {user(false, encoded), "right-1", "right password, but the user is disabled, expired or deleted"},
		"none":     {user(true, ""), "right-1", "the user has no password"},
		"unknown":  {nil, "right-1", "no user has this name"},
	} {
		ctx, trace := core.WithTrace(context.Background())
		if _, err := d.Verify(ctx, core.Attempt{Realm: core.MainRealm, Name: name, User: c.user}, c.plain); err != nil {
			t.Fatal(err)
		}
		realm, id, ok := trace.User()
		if trace.Login() != c.want || ok != (c.user != nil) || ok && (realm != core.MainRealm || id != 7) {
			t.Errorf("%s: %q, user %s %d %v", name, trace.Login(), realm, id, ok)
		}
	}
}
