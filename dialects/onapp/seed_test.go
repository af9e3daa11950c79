package onapp

import (
	"context"
	"errors"
	"net/netip"
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

func TestAWhiteListIsSeededOnce(t *testing.T) {
	w := newFixture(t)
	rows := Seed{WhiteLists: []WhiteList{{Username: "Ada", IP: "192.0.2.0/24", Description: "office"}, {Username: "ada", IP: "198.51.100.7"}}}
	for range 2 {
		if err := w.d.Seed(context.Background(), rows); err != nil {
			t.Fatal(err)
		}
	}
	err := w.dir.View(context.Background(), func(tx *core.Tx) error {
		ada, err := tx.User(core.ByUsername(core.MainRealm, "ada"))
		if err != nil {
			return err
		}
		found, err := tx.CountRecords(core.RecordQuery{Realm: ada.Realm, Kind: kindWhiteList, Owners: []int64{ada.ID}})
		if f, _ := facetOf(ada); found != 2 || f.WhiteLists != 2 {
			t.Errorf("%d rows, %d in the facet", found, f.WhiteLists)
		}
		for from, allowed := range map[string]bool{"192.0.2.9": true, "198.51.100.7": true, "203.0.113.1": false} {
			if refused := checkWhiteList(tx, ada, netip.MustParseAddr(from)); (refused == nil) != allowed {
				t.Errorf("from %s: %v", from, refused)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, bad := range []WhiteList{{Username: "ada", IP: "192.0.2.0/33"}, {Username: "ada"}, {Username: "stranger", IP: "192.0.2.1"}} {
		if err := w.d.Seed(context.Background(), Seed{WhiteLists: []WhiteList{bad}}); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
