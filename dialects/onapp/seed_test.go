package onapp

import (
	"context"
	"errors"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

func TestSeedingAgainChangesNothing(t *testing.T) {
	w := newFixture(t)
	w.do("PUT /roles/2.json", `{"role":{"permission_ids":[13]}}`)
	w.do("POST /users/1/make_new_api_key.json", "")
	before := w.do("GET /roles.json", "").Body.String() + w.do("GET /billing/buckets.json", "").Body.String()
	ada := w.stored("ada")
	seed(t, w.dir, core.MainRealm, Administrator{Username: "ADA", APIKey: adminKey})
	if after := w.do("GET /roles.json", "").Body.String() + w.do("GET /billing/buckets.json", "").Body.String(); after != before {
		t.Errorf("%s\nbecame\n%s", before, after)
	}
	if again := w.stored("ada"); again.Revision != ada.Revision || again.Handle(handleKey) != ada.Handle(handleKey) {
		t.Errorf("%+v became %+v", ada, again)
	}
}

func TestASeedThatCannotBeIsAnErrorAndLeavesNothing(t *testing.T) {
	env := dialecttest.NewEnv(t, dialecttest.SQLite())
	d := New(Config{Directory: env.Dir})
	if err := d.Seed(context.Background(), Seed{Realm: "elsewhere"}); err == nil {
		t.Error("another realm is taken")
	}
	err := d.Seed(context.Background(), Seed{Administrators: []Administrator{{Username: "nobody"}}})
	if !errors.Is(err, core.ErrNotFound) {
		t.Errorf("an unknown administrator: %v", err)
	}
	_ = env.Dir.View(context.Background(), func(tx *core.Tx) error {
		roles, err := tx.Groups(core.GroupQuery{Realm: core.MainRealm, Kind: kindRole})
		if len(roles) != 0 || err != nil {
			t.Errorf("%d roles are left, %v", len(roles), err)
		}
		return nil
	})
}
