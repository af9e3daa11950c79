package main

import (
	"net/http"
	"strings"
	"testing"
)

// lena is made here, with the number and the numbers of rows that vera has at the vendor.
// Neither gets anything of the other; vera comes only where the operator lets her have
// another number.
func TestAVendorsUserWhoseNumberIsTakenGetsNothingOfItsHolder(t *testing.T) {
	t.Parallel()
	v := startVendor(t)
	for _, r := range [][3]string{
		{"POST", "/users.json", `{"user":{"login":"vera","email":"vera@example.com","password":"veras-password","role_ids":[2]}}`},
		{"POST", "/users/3/user_white_lists.json", `{"user_white_list":{"ip":"127.0.0.0/8","description":"vera"}}`},
		{"POST", "/users/3/payments.json", `{"payment":{"amount":7}}`},
	} {
		v.must(t, r[0], r[1], r[2], append(jsonBody, admin...)...)
	}
	for name, adopts := range map[string]bool{"": false, "--adopt-renumber": true} {
		stores(t, func(t *testing.T, dsn string) {
			flags := []string{"--store", dsn}
			if name != "" {
				flags = append(flags, name)
			}
			g := startAdopting(t, v, flags...)
			for _, r := range [][3]string{
				{"POST", "/users.json", `{"user":{"login":"lena","email":"lena@example.com","password":"lenas-password"}}`},
				{"POST", "/users/3/user_white_lists.json", `{"user_white_list":{"ip":"127.0.0.1","description":"lena"}}`},
				{"POST", "/users/3/payments.json", `{"payment":{"amount":5}}`},
			} {
				g.must(t, r[0], r[1], r[2], append(jsonBody, admin...)...)
			}
			before := g.must(t, "GET", "/users/3.json", "", admin...).body
			if status := g.onAppLogin(t, "vera", "veras-password"); (status == http.StatusOK) != adopts {
				t.Errorf("vera is answered %d", status)
			}
			if a := g.syncanoLogin(t, "vera", "veras-password"); (a.status == http.StatusOK) != adopts {
				t.Errorf("vera is answered %d by Syncano", a.status)
			}
			if after := g.must(t, "GET", "/users/3.json", "", admin...).body; after != before {
				t.Errorf("lena has changed:\n%s\n%s", before, after)
			}
			if g.onAppLogin(t, "lena", "lenas-password") != http.StatusOK || g.onAppLogin(t, "lena", "veras-password") == http.StatusOK {
				t.Error("lena's login has changed")
			}
			g.showsRowsOf(t, "3", "lena", "5")
			if adopts {
				g.showsRowsOf(t, "4", "vera", "7")
				return
			}
			if page := g.must(t, "GET", "/_dragoman/metrics", "").body; metricIn(t, page, "dragoman_vendor_taken_total") < 1 {
				t.Error("the metrics do not count her")
			}
			g.end(t)
			if text := g.log.String(); !strings.Contains(text, "number=3") || !strings.Contains(text, "id taken") {
				t.Errorf("the log does not say why: %s", text)
			}
		})
	}
}

// showsRowsOf wants the user to have one white list row and one payment, of this description
// and amount.
func (g *gatewayRun) showsRowsOf(t *testing.T, id, description, amount string) {
	t.Helper()
	rows := g.must(t, "GET", "/users/"+id+"/user_white_lists.json", "", admin...).body
	if strings.Count(rows, `"ip"`) != 1 || !strings.Contains(rows, `"description":"`+description+`"`) {
		t.Errorf("white list of user %s: %s", id, rows)
	}
	paid := g.must(t, "GET", "/users/"+id+"/payments.json", "", admin...).body
	if strings.Count(paid, `"amount"`) != 1 || !strings.Contains(paid, `"amount":"`+amount+`.0`) {
		t.Errorf("payments of user %s: %s", id, paid)
	}
}
