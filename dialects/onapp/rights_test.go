package onapp

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// guarded is every route that needs a right, with the right, its lesser form for the own account
// ("" if there is none) and a request that succeeds with the right.
var guarded = []struct{ line, body, right, own string }{
	{"GET /users.json", ``, "users.read", "users.read.own"},
	{"GET /users/{u}.json", ``, "users.read", "users.read.own"},
	{"POST /users.json", `{"login":"kim","email":"kim@example.org","password":"s3cret!"}`, "users.create", ""},
	{"PUT /users/{u}.json", `{"first_name":"x"}`, "users.update", "users.update.own"},
	{"PUT /profile.json", `{"first_name":"x"}`, "users.update.own", "users.update.own"},
	{"DELETE /users/4.json", ``, "users.delete", ""},
	{"DELETE /users/drop_all.json", ``, "users.delete", ""},
	{"POST /users/4/suspend.json", ``, "users.suspend", ""},
	{"POST /users/{u}/activate.json", ``, "users.suspend", ""},
	{"GET /users/{u}/activate_user.json", ``, "users.suspend", ""},
	{"POST /users/{u}/unlock_account.json", ``, "users.unlock", ""},
	{"POST /users/{u}/make_new_api_key.json", ``, "users.update_api_key", "users.update_api_key.own"},
	{"POST /users/validate_login.json", `{"login":"kim"}`, "users.create", ""},
	{"GET /users/{u}/yubi_keys.json", ``, "users.update_yubikey", "users.update_yubikey.own"},
	{"POST /users/{u}/yubi_keys.json", `{"otp":"cccccc"}`, "users.update_yubikey", "users.update_yubikey.own"},
	{"GET /users/{u}/user_white_lists.json", ``, "users.read", "users.read.own"},
	{"POST /users/{u}/user_white_lists.json", `{"ip":"0.0.0.0/0"}`, "users.update", "users.update.own"},
	{"GET /users/{u}/ssh_keys.json", ``, "users.read", "users.read.own"},
	{"POST /users/{u}/ssh_keys.json", `{"key":"ssh-rsa AAAA"}`, "users.update", "users.update.own"},
	{"GET /settings/ssh_keys/1.json", ``, "users.read", ""},
	{"PUT /settings/ssh_keys/1.json", `{"key":"ssh-rsa BBBB"}`, "users.update", ""},
	{"DELETE /settings/ssh_keys/1.json", ``, "users.update", ""},
	{"GET /users/{u}/user_statistics.json", ``, "users.read", "users.read.own"},
	{"GET /users/{u}/vm_stats.json", ``, "users.read", "users.read.own"},
	{"GET /users/{u}/limits.json", ``, "resource_limits.read", "resource_limits.read.own"},
	{"GET /users/{u}/resource_limit.json", ``, "resource_limits.read", "resource_limits.read.own"},
	{"PUT /users/{u}/resource_limit.json", `{"cpus":2}`, "resource_limits", ""},
	{"GET /users/{u}/hv_limits.json", ``, "resource_limits.read", "resource_limits.read.own"},
	{"GET /user_groups/1/reports.json", ``, "user_groups.read", ""},
	{"GET /users/{u}/payments.json", ``, "payments.read", "payments.read.own"},
	{"POST /users/{u}/payments.json", `{"amount":5}`, "payments.create", ""},
	{"PUT /users/4/payments/1.json", `{"amount":6}`, "payments.update", ""},
	{"DELETE /users/4/payments/1.json", ``, "payments.delete", ""},
	{"GET /billing/user/payments.json", ``, "payments.read", "payments.read.own"},
	{"GET /billing/user/payments.json?payer_id={u}", ``, "payments.read", "payments.read.own"},
	{"POST /billing/user/payments.json", `{"payment":{"amount":5,"payer_id":2}}`, "payments.create", ""},
	{"PUT /billing/user/payments/1.json", `{"amount":6}`, "payments.update", ""},
	{"DELETE /billing/user/payments/1.json", ``, "payments.delete", ""},
	{"GET /roles.json", ``, "roles.read", "roles.read.own"},
	{"GET /roles/1.json", ``, "roles.read", ""},
	{"POST /roles.json", `{"label":"x"}`, "roles.create", ""},
	{"POST /roles/2/clone.json", ``, "roles.create", ""},
	{"PUT /roles/2.json", `{"permission_ids":[13]}`, "roles.update", ""},
	{"DELETE /roles/3.json", ``, "roles.delete", ""},
	{"GET /permissions.json", ``, "permissions.read", ""},
	{"GET /user_groups.json", ``, "user_groups.read", ""},
	{"GET /user_groups.json", ``, "user_groups.list", ""},
	{"GET /user_groups/1.json", ``, "user_groups.read", ""},
	{"GET /user_groups/1/users.json", ``, "users.read", ""},
	{"POST /user_groups.json", `{"label":"x"}`, "user_groups.create", ""},
	{"PUT /user_groups/1.json", `{"label":"x"}`, "user_groups.update", ""},
	{"DELETE /user_groups/1.json", ``, "user_groups.delete", ""},
	{"GET /billing/buckets.json", ``, "billing_plans.read", "billing_plans.read.own"},
	{"GET /billing/buckets.json", ``, "billing_plans.list", ""},
	{"GET /billing/buckets/2.json", ``, "billing_plans.read", ""},
	{"GET /billing/buckets/1.json", ``, "billing_plans.read", "billing_plans.read.own"},
	{"POST /billing/buckets.json", `{"label":"x"}`, "billing_plans.create", ""},
	{"PUT /billing/buckets/2.json", `{"label":"x"}`, "billing_plans.update", ""},
	{"DELETE /billing/buckets/2.json", ``, "billing_plans.delete", ""},
	{"GET /billing/buckets/2/access_controls.json", ``, "billing_plans.read", ""},
	{"GET /billing/buckets/1/access_controls.json", ``, "billing_plans.read", "billing_plans.read.own"},
	{"POST /billing/buckets/2/access_controls.json", `{"access_control":{"type":"x"}}`, "billing_plans.update", ""},
	{"PUT /billing/buckets/2/access_controls.json", `{"access_control":{"type":"y"}}`, "billing_plans.update", ""},
	{"DELETE /billing/buckets/2/access_controls.json", `{"access_control":{"type":"y"}}`, "billing_plans.update", ""},
	{"GET /billing/buckets/2/rate_cards.json", ``, "billing_plans.read", ""},
	{"POST /billing/buckets/2/rate_cards.json", `{"rate_card":{"type":"x"}}`, "billing_plans.update", ""},
	{"PUT /billing/buckets/2/rate_cards.json", `{"rate_card":{"type":"y"}}`, "billing_plans.update", ""},
	{"DELETE /billing/buckets/2/rate_cards.json", `{"rate_card":{"type":"y"}}`, "billing_plans.update", ""},
	{"GET /organizations.json", ``, "user_groups.read", ""},
	{"GET /organizations.json", ``, "user_groups.list", ""},
	{"GET /organizations/2.json", ``, "user_groups.read", ""},
	{"GET /organizations/2/users.json", ``, "users.read", ""},
	{"POST /organizations.json", `{"label":"x"}`, "user_groups.create", ""},
	{"PUT /organizations/2.json", `{"label":"x"}`, "user_groups.update", ""},
	{"DELETE /organizations/2.json", ``, "user_groups.delete", ""},
	{"GET /settings.json", ``, "settings.read", ""},
	{"GET /user_additional_fields.json", ``, "users.read", "users.read.own"},
	{"POST /user_additional_fields.json", `{"name":"x"}`, "settings.update", ""},
	{"PUT /user_additional_fields/1.json", `{"name":"x"}`, "settings.update", ""},
	{"DELETE /user_additional_fields/1.json", ``, "settings.update", ""},
}

// holding makes nora, user 3, hold exactly these permissions.
func (w *fixture) holding(identifiers ...string) {
	w.t.Helper()
	var ids []int64
	for _, identifier := range identifiers {
		ids = append(ids, permissions[mustRight(identifier)].id)
	}
	err := w.dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		g, err := tx.Group(core.GroupRef{Realm: core.MainRealm, Kind: kindRole, Key: "some"})
		if err != nil {
			g = &core.Group{Realm: core.MainRealm, Kind: kindRole, Key: "some", Name: "some"}
		}
		g.Body = encodeRole("some", false, ids)
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
		u, err := tx.User(core.ByUsername(core.MainRealm, "nora"))
		if err != nil {
			return err
		}
		return setMemberships(tx, u, kindRole, []int64{g.ID})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// guardedFixture has one object of each kind that the requests name.
func guardedFixture(t *testing.T) *fixture {
	w := newFixture(t)
	w.do("POST /user_additional_fields.json", `{"name":"shoe"}`)
	w.do("POST /user_groups.json", `{"label":"staff"}`)
	w.do("POST /organizations.json", `{"label":"acme"}`)
	w.do("POST /billing/buckets.json", `{"label":"gold"}`)
	w.do("POST /billing/buckets/2/access_controls.json", `{"access_control":{"type":"y"}}`)
	w.do("POST /billing/buckets/2/rate_cards.json", `{"rate_card":{"type":"y"}}`)
	w.do("POST /users/4/payments.json", `{"amount":5}`)
	w.do("POST /roles.json", `{"label":"spare"}`)
	w.do("POST /users/4/ssh_keys.json", `{"key":"ssh-rsa AAAA"}`)
	return w
}

func (w *fixture) try(line, body, target string) *httptest.ResponseRecorder {
	return w.as("nora", strings.ReplaceAll(line, "{u}", target), body)
}

func TestEachRightIsNeededAndEnough(t *testing.T) {
	for _, g := range guarded {
		t.Run(g.line+" "+g.right, func(t *testing.T) {
			w := guardedFixture(t)
			w.holding(g.right)
			if a := w.try(g.line, g.body, "2"); a.Code >= 300 {
				t.Errorf("with the right: %d %s", a.Code, a.Body)
			}
			w = guardedFixture(t)
			w.holding(allBut(g.line)...)
			wantStatus(t, w.try(g.line, g.body, "2"), 403)
		})
	}
}

// allBut lists every permission that the request does not need, in any form, and that implies none
// it needs.
func allBut(line string) (others []string) {
	for _, p := range permissions {
		needed := false
		for _, g := range guarded {
			for _, right := range []string{g.right, g.own} {
				needed = needed || g.line == line && (right == p.identifier || strings.HasPrefix(right, p.identifier+"."))
			}
		}
		if line == "POST /users/validate_login.json" {
			needed = needed || strings.HasPrefix(p.identifier, "users.update")
		}
		if !needed {
			others = append(others, p.identifier)
		}
	}
	return others
}

func TestTheLesserRightIsForOneselfAlone(t *testing.T) {
	for _, g := range guarded {
		if g.own == "" || !strings.Contains(g.line, "{u}") {
			continue
		}
		t.Run(g.line, func(t *testing.T) {
			w := guardedFixture(t)
			w.holding(g.own)
			if a := w.try(g.line, g.body, "3"); a.Code >= 300 {
				t.Errorf("oneself: %d %s", a.Code, a.Body)
			}
			wantStatus(t, w.try(g.line, g.body, "2"), 403)
			wantStatus(t, w.try(g.line, g.body, "99"), 404)
		})
	}
}

func TestARoutesGuardIsListed(t *testing.T) {
	free := map[string]bool{ // for everybody who is let in
		"profile.show": true, "version.show": true, "settings.locales": true, "panel_resources.list": true,
		"users.generate_api_key": true, // its rights are those of make_api_key; see the transcript
	}
	w := newFixture(t)
	listed := map[string]bool{}
	for _, g := range guarded {
		method, target, _ := strings.Cut(g.line, " ")
		notes := &operations{ResponseRecorder: httptest.NewRecorder()}
		w.d.ServeHTTP(notes, httptest.NewRequest(method, strings.ReplaceAll(target, "{u}", "2"), nil))
		listed[notes.name] = true
	}
	for _, routes := range [][]route{w.d.routes()} {
		for _, r := range routes {
			kin := strings.TrimSuffix(r.name, ".show") + ".list"
			if !listed[r.name] && !free[r.name] && !listed[kin] && !sameGuard[r.name] {
				t.Errorf("no line for %s", r.name)
			}
		}
	}
}

// operations records the operation of a request.
type operations struct {
	*httptest.ResponseRecorder
	name string
}

func (o *operations) NoteOperation(name string) { o.name = name }
func (o *operations) NoteError(error)           {}

// sameGuard are operations with the guard of a listed neighbour.
var sameGuard = map[string]bool{
	"statistics.monthly_bills": true, "statistics.access_log": true, "resources.list": true, // as statistics.vm_stats
	"white_lists.update": true, "white_lists.delete": true, // as white_lists.create
	"yubi_keys.delete": true, // as yubi_keys.create
	"buckets.clone":    true, // as buckets.create
}

func TestTheFirstRoleHoldsEverythingWhateverItWasGiven(t *testing.T) {
	w := newFixture(t)
	w.do("PUT /roles/1.json", `{"permission_ids":[13]}`)
	for i := range permissions {
		rights := w.rightsOf("ada")
		if !rights.has(right(i)) {
			t.Errorf("not %s", permissions[i].identifier)
		}
	}
	if got := w.rightsOf("nora"); got != (rights{}) {
		t.Errorf("a user without a role holds %v", got)
	}
}

func (w *fixture) rightsOf(username string) (r rights) {
	err := w.dir.View(context.Background(), func(tx *core.Tx) (err error) {
		r, err = rightsOf(tx, w.stored(username))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func TestAChangedRoleCountsAtOnce(t *testing.T) {
	w := newFixture(t)
	other := &fixture{t: t, d: New(Config{Directory: w.dir}), dir: w.dir, vars: w.vars}
	w.holding("users.read")
	for _, process := range []*fixture{w, other} {
		wantStatus(t, process.as("nora", "GET /users/2.json", ""), 200)
	}
	w.holding("users.update")
	for _, process := range []*fixture{w, other} {
		wantStatus(t, process.as("nora", "GET /users/2.json", ""), 403)
	}
}

func TestAClerkTakesNoLockOfOthersAway(t *testing.T) {
	w := newFixture(t)
	lock := func(u *core.User) {
		u.Facets.Set(dialectName, []byte(`{"v":1,"failed_attempts":10,"locked_at":"2024-05-06T07:08:09Z"}`))
	}
	w.change("ada", lock)
	w.change("bob", lock)
	w.holding("users.unlock")
	wantStatus(t, w.as("nora", "POST /users/1/unlock_account.json", ""), 403)
	wantStatus(t, w.as("nora", "POST /users/2/unlock_account.json", ""), 200)
}
