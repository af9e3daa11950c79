package onapp

import (
	"fmt"
	"testing"
)

// TestPagesGoByTheNumberOfRows: see REFERENCE.md, "Pagination".
func TestPagesGoByTheNumberOfRows(t *testing.T) {
	w := newFixture(t)
	for i := range 3 {
		w.do("POST /user_groups.json", fmt.Sprintf(`{"label":"g%d"}`, i))
		w.do("POST /users/3/payments.json", fmt.Sprintf(`{"amount":%d}`, i+1))
	}
	w.do("POST /billing/buckets.json", `{"label":"gold"}`)
	for path, total := range map[string]int{
		"/users.json": 4, "/users.xml": 4, "/roles.json": 2, "/user_groups.json": 3, "/permissions.json": len(permissions),
		"/billing/buckets.json": 2, "/users/3/payments.json": 3, "/users/3/user_white_lists.json": 0, "/user_additional_fields.json": 0,
	} {
		for query, want := range map[string]string{
			"per_page=all": all(total), "per_page=0": all(total), "page=7&per_page=": all(total), "per_page=-3": all(total),
			"page=999&per_page=1": fmt.Sprint(total, 1, max(1, total)), "page=x&per_page=2abc": fmt.Sprint(total, 2, 1),
			"per_page=99999999999": fmt.Sprint(total, 1<<31-1, 1), "page=": fmt.Sprint(total, 10, 1),
		} {
			h := w.do("GET "+path+"?"+query, "").Header()
			if got := fmt.Sprintf("%s %s %s", h.Get("X-Total"), h.Get("X-Limit"), h.Get("X-Page")); got != want {
				t.Errorf("%s?%s: total, limit and page %s, want %s", path, query, got, want)
			}
		}
	}
}

// all is what a page with every row says. The limit is never zero: a client divides by it.
func all(total int) string { return fmt.Sprint(total, max(1, total), 1) }
