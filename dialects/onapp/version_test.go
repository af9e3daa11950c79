package onapp

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// The keys of a user in version 6.3, in order, and what other versions have instead.
// See REFERENCE.md, "The user object" and "Versions".
const (
	keysOf63 = `activated_at avatar bucket_id cdn_account_status cdn_status created_at deleted_at discount_due_to_free
		email firewall_id first_name group_id id identifier image_template_group_id infoboxes last_name locale login
		monthly_price password_changed_at registered_yubikey status supplied suspend_at system_theme time_zone total_amount
		total_amount_with_discount updated_at use_gravatar user_group_id outstanding_amount payment_amount roles used_cpus
		used_memory used_cpu_shares used_disk_size used_ip_addresses memory_available disk_space_available additional_fields`
	shortOf63 = `activated_at avatar cdn_account_status cdn_status created_at deleted_at email firewall_id first_name
		group_id id identifier image_template_group_id infoboxes last_name locale login password_changed_at
		registered_yubikey status supplied suspend_at system_theme time_zone updated_at use_gravatar user_group_id
		bucket_id monthly_price payment_amount outstanding_amount total_amount discount_due_to_free total_amount_with_discount`
)

// keysInOrder are the keys of the first user in a JSON text, in order.
func keysInOrder(t *testing.T, text string) (keys []string) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text[strings.Index(text, `"user":`)+len(`"user":`):]))
	for depth, isKey := 0, false; ; {
		token, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			isKey = depth == 1
			continue
		case json.Delim('}'), json.Delim(']'):
			if depth--; depth == 0 {
				return keys
			}
		default:
			if depth == 1 && isKey {
				keys = append(keys, token.(string))
				isKey = false
				continue
			}
		}
		isKey = depth == 1
	}
}

func TestAUserHasTheKeysOfItsVersion(t *testing.T) {
	for version, c := range map[string]struct{ without, with string }{
		"6.3.0": {},
		"5.6.0": {},
		"6.4.0": {"", "totp_enabled"},
		"6.6.0": {"", "totp_enabled cdn_bandwidth_limit_set"},
		"5.5.0": {"bucket_id discount_due_to_free monthly_price total_amount_with_discount", "billing_plan_id"},
		"4.2.0": {"bucket_id discount_due_to_free monthly_price total_amount_with_discount", "billing_plan_id"},
		"4.1.0": {"bucket_id discount_due_to_free monthly_price total_amount_with_discount registered_yubikey", "billing_plan_id"},
		"3.0.0": {"bucket_id discount_due_to_free monthly_price total_amount_with_discount registered_yubikey identifier system_theme", "billing_plan_id"},
		"2.3.0": {`bucket_id discount_due_to_free monthly_price total_amount_with_discount registered_yubikey identifier
			system_theme avatar firewall_id infoboxes password_changed_at supplied use_gravatar`,
			`billing_plan_id aflexi_key aflexi_password aflexi_user_id aflexi_username remember_token
			remember_token_expires_at update_billing_stat`},
		"2.0.0": {`bucket_id discount_due_to_free monthly_price total_amount_with_discount registered_yubikey identifier
			system_theme avatar firewall_id infoboxes password_changed_at supplied use_gravatar`,
			`aflexi_key aflexi_password aflexi_user_id aflexi_username remember_token
			remember_token_expires_at update_billing_stat`},
	} {
		t.Run(version, func(t *testing.T) {
			w := newFixtureWith(t, Config{Version: version})
			want := changed(keysOf63, c.without, c.with)
			got := keysInOrder(t, w.do("GET /users/3.json", "").Body.String())
			if c.with == "" && !slices.Equal(got, want) {
				t.Errorf("in order: %v, want %v", got, want)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
			if a := w.do("GET /version.json", "").Body.String(); a != `{"version":"`+version+`"}` {
				t.Error(a)
			}
		})
	}
}

func changed(keys, without, with string) []string {
	gone := strings.Fields(without)
	left := slices.DeleteFunc(strings.Fields(keys), func(k string) bool { return slices.Contains(gone, k) })
	return append(left, strings.Fields(with)...)
}

func TestAShortUserEndsWithItsPrices(t *testing.T) {
	w := newFixture(t)
	if got := keysInOrder(t, w.do("GET /users.json?short", "").Body.String()); !slices.Equal(got, strings.Fields(shortOf63)) {
		t.Errorf("%v", got)
	}
	w = newFixtureWith(t, Config{Version: "5.0.0"})
	got := keysInOrder(t, w.do("GET /users.json?short", "").Body.String())
	if end := got[len(got)-4:]; fmt.Sprint(end) != "[billing_plan_id payment_amount outstanding_amount total_amount]" {
		t.Errorf("%v", end)
	}
}

func TestAnswersAreThoseOfTheirVersion(t *testing.T) {
	type shape struct{ date, xmlDate, outstanding, paid, total, put, missing string }
	for version, want := range map[string]shape{
		"2.3.0": {"09Z", "datetime", "0.0", `"0.0"`, "0.0", "200 {}", "Resource not found"},
		"3.3.0": {"09+00:00", "datetime", "0.0", `"0.0"`, "0.0", "204 ", "User not found"},
		"4.2.0": {"09+00:00", "dateTime", `"0.0"`, `"0.0"`, "0.0", "204 ", "User not found"},
		"5.5.0": {"09+00:00", "dateTime", `"0.0"`, `"0.0"`, "0.0", "204 ", "User not found"},
		"5.6.0": {"09.123+00:00", "datetime", "0.0", "0.0", "0.0", "204 ", "User not found"},
		"6.3.0": {"09.123+00:00", "datetime", "0.0", "0.0", "0.0", "204 ", "User not found"},
		"7.0.0": {"09.123+00:00", "datetime", "0.0", "0.0", "0.0", "204 ", "User not found"},
	} {
		t.Run(version, func(t *testing.T) {
			w := newFixtureWith(t, Config{Version: version})
			user := w.do("GET /users/3.json", "")
			wantBody(t, user, `"created_at":"2024-05-06T07:08:`+want.date+`"`)
			wantBody(t, user, `"outstanding_amount":`+want.outstanding+`,`)
			wantBody(t, user, `"payment_amount":`+want.paid+`,`)
			wantBody(t, user, `"total_amount":`+want.total+`,`)
			wantBody(t, w.do("GET /users/3.xml", ""), `<created_at type="`+want.xmlDate+`">2024-05-06T07:08:09+00:00<`)
			wantBody(t, w.as("auth", "GET /users/99.json", ""), `{"errors":["`+want.missing+`"]}`)
			put := w.do("PUT /users/3.json", `{"user":{"first_name":"x"}}`)
			if got := fmt.Sprint(put.Code, " ", put.Body); got != want.put {
				t.Errorf("PUT: %s", got)
			}
			gone := w.do("DELETE /users/3.json", `{"force":1}`)
			if got := fmt.Sprint(gone.Code, " ", gone.Body); got != want.put {
				t.Errorf("DELETE: %s", got)
			}
		})
	}
}

func TestTheOldestVersionsAnswerAChangeInXMLToo(t *testing.T) {
	w := newFixtureWith(t, Config{Version: "2.3.0"})
	a := w.do("PUT /users/3.xml", "<user><first_name>x</first_name></user>")
	wantStatus(t, a, 200)
	wantBody(t, a, "<hash>\n</hash>\n")
	wantStatus(t, w.as("auth", "GET /users/99/network_zones.json", ""), 200)
	wantStatus(t, w.as("auth", "GET /users/99/backups.json", ""), 404)
	wantBody(t, w.as("auth", "PUT /users/3.json", `{"user":{"password":"s3cret!","password_confirmation":"other"}}`),
		`{"errors":{"password":["doesn't match confirmation"]}}`)
}

func TestBucketsHaveTheNameAndPathOfTheirVersion(t *testing.T) {
	for version, want := range map[string]struct{ path, root, list string }{
		"2.3.0": {"/billing_plans", "billing_plan", "billing_plans"}, "5.1.0": {"/billing_plans", "billing_plan", "billing_plans"},
		"5.2.0": {"/billing/user/plans", "user_plan", "user_plans"}, "5.5.0": {"/billing/user/plans", "user_plan", "user_plans"},
		"5.6.0": {"/billing/buckets", "bucket", "buckets"}, "6.7.0": {"/billing/buckets", "bucket", "buckets"},
	} {
		t.Run(version, func(t *testing.T) {
			w := newFixtureWith(t, Config{Version: version})
			a := w.do("POST "+want.path+".json", `{"`+want.root+`":{"label":"gold"}}`)
			wantBody(t, a, `{"`+want.root+`":{"id":2,"label":"gold"`)
			wantBody(t, w.do("GET "+want.path+".xml", ""), "<"+want.list+` type="array">`)
			key := w.d.version.bucketKey()
			w.do("PUT /users/3.json", `{"user":{"`+key+`":"2","bucket_id_of_another_version":"5"}}`)
			wantBody(t, w.do("GET /users/3.json", ""), `"`+key+`":2,`)
			for _, other := range []string{"/billing_plans", "/billing/user/plans", "/billing/buckets"} {
				if other != want.path {
					wantStatus(t, w.as("auth", "GET "+other+".json", ""), 404)
				}
			}
		})
	}
}

func TestOlderVersions(t *testing.T) {
	for folder, version := range map[string]string{"onapp-v4": "4.2.0", "onapp-v5": "5.5.0"} {
		t.Run(version, func(t *testing.T) {
			dialecttest.RunCross(t, "../../testdata/"+folder, func(t testing.TB, dir *core.Directory) (dialects.Mux, dialecttest.Vars) {
				vars := setup(t, dir)
				return dialects.Mux{New(Config{Directory: dir, Version: version, SessionRandom: zeros{}})}, vars
			})
		})
	}
}

func TestTheYubikeySwitchByVersion(t *testing.T) {
	for version, c := range map[string]struct{ before, said, after string }{
		"4.2.0": {"null", `"ccccccbchvthlivuitri"`, `"ccccccbchvth"`},
		"5.1.0": {"null", `true`, "true"},
		"5.6.0": {"false", `true`, "true"},
	} {
		w := newFixtureWith(t, Config{Version: version})
		wantBody(t, w.do("GET /users/3.json", ""), `"registered_yubikey":`+c.before+`,`)
		w.do("PUT /users/3.json", `{"user":{"registered_yubikey":`+c.said+`}}`)
		wantBody(t, w.do("GET /users/3.json", ""), `"registered_yubikey":`+c.after+`,`)
	}
}

func TestPatchCameWithVersionFive(t *testing.T) {
	for version, status := range map[string]int{"4.2.0": 404, "5.0.0": 204} {
		w := newFixtureWith(t, Config{Version: version})
		wantStatus(t, w.as("auth", "PATCH /users/3.json", `{"user":{"first_name":"x"}}`), status)
	}
}

func TestRolesAndGroupsByVersion(t *testing.T) {
	for version, want := range map[string][2]string{
		"2.0.0": {`{"role":{"created_at":"2024-05-06T07:08:09Z","id":2,"label":"User","updated_at":"2024-05-06T07:08:09Z","users_count"`, `{"user_group":{"created_at":"2024-05-06T07:08:09Z","id":1,"label":"x","updated_at":"2024-05-06T07:08:09Z"}}`},
		"5.3.0": {`"identifier":"user","label":"User","updated_at":"2024-05-06T07:08:09+00:00","users_count"`, `"billing_plans":[],"roles":[]`},
		"5.4.0": {`"system":true`, `"billing_plans":[],"roles":[]`},
		"6.3.0": {`"system":true`, `"bucket_id":null,"user_buckets":[],"roles":[]`},
	} {
		w := newFixtureWith(t, Config{Version: version})
		wantBody(t, w.do("GET /roles/2.json", ""), want[0])
		w.do("POST /user_groups.json", `{"user_group":{"label":"x"}}`)
		wantBody(t, w.do("GET /user_groups/1.json", ""), want[1])
	}
}

func TestTheXMLTimeTypeCanBeChosen(t *testing.T) {
	w := newFixtureWith(t, Config{XMLTimeType: "dateTime"})
	a := w.do("GET /users/2.xml", "").Body.String()
	if strings.Contains(a, `"datetime"`) || strings.Count(a, `"dateTime"`) < 5 {
		t.Error(a)
	}
}
