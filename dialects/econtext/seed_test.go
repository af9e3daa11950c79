package econtext

import (
	"context"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

func TestSeedLeavesWhatIsThere(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.result("PUT", "/api/applications/application/"+DefaultApplicationID, `{"name": "Our Door", "description": "x"}`, nil)
	before := w.ask("GET", "/api/users?minimal=", "").Body.String()
	seedFor(t, w.Dialect, "admin", "ADMIN")
	if after := w.ask("GET", "/api/users?minimal=", "").Body.String(); after != before {
		t.Errorf("seeding twice changed something:\n%s\n%s", before, after)
	}
}

func TestSeedRefusesUnknownMembersAndKeepsNothing(t *testing.T) {
	dir := dialecttest.NewEnv(t, dialecttest.SQLite()).Dir
	d := newDialect(dir, ProfileDocumented)
	err := d.Seed(context.Background(), Seed{Members: []string{"nobody"}})
	if core.KindOf(err) != core.NotFound {
		t.Fatalf("have %v, want the member not to be found", err)
	}
	err = dir.View(context.Background(), func(tx *core.Tx) error {
		_, err := tx.Group(d.application(DefaultApplicationID))
		return err
	})
	if core.KindOf(err) != core.NotFound {
		t.Errorf("the application was made all the same: %v", err)
	}
}

// Another realm's base application, users and keys are another's.
func TestRealmsNeverSeeEachOther(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	other := New(Config{Directory: w.dir, Realm: "other"})
	w.result("POST", "/api/users/user/weak-uid/apikey", `{"id": "KEY"}`, nil)
	for _, target := range []string{
		"/api/users/user/weak-uid", "/api/users/user/weak-uid/apikey/KEY",
		"/api/applications/application/spare", "/api/groups/group/staff",
	} {
		if answer := ask(other, "eve", adminPassword, "GET", target, ""); answer.Code != 400 {
			t.Errorf("%s: %d %s", target, answer.Code, answer.Body)
		}
	}
	for target, want := range map[string]string{
		"/api/users/search/KEY": `"users": []`, "/api/groups": `"groups": []`, "/api/users/search/example": `"id": "eve-uid"`,
	} {
		body := ask(other, "eve", adminPassword, "GET", target, "").Body.String()
		if !strings.Contains(body, want) || strings.Contains(body, "weak-uid") {
			t.Errorf("%s: %s", target, body)
		}
	}
}
