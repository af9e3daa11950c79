package scim

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// userNames are those that a list has, in its order.
func (w *world) userNames(query string) []string {
	w.t.Helper()
	got := w.ask("GET", "/scim/v2/Users?"+query, "")
	if got.Code != 200 {
		w.t.Fatalf("%s: %d %s", query, got.Code, got.Body)
	}
	var names []string
	for _, m := range regexp.MustCompile(`"userName":"([^"]+)"`).FindAllStringSubmatch(got.Body.String(), -1) {
		names = append(names, m[1])
	}
	return names
}

// addChanged adds users u0, u1... who changed a microsecond after each other, in an order
// other than that of their birth.
func addChanged(w *world, at time.Time, n int) {
	w.update(func(tx *core.Tx) error {
		for i := range n {
			u := &core.User{Realm: core.MainRealm, ID: int64(100 + i), UID: fmt.Sprint("uid", i), Username: fmt.Sprint("u", i), Enabled: true}
			u.CreatedAt, u.UpdatedAt = at, at.Add(time.Duration(i*3%n)*time.Microsecond)
			if err := tx.ImportUser(u); err != nil {
				return err
			}
		}
		return nil
	})
}

// What the store finds by the time of the last change is what a look at all users finds.
func TestFiltersByTheLastChangeAgreeWithALookAtAll(t *testing.T) {
	w := newWorld(t)
	at := time.Date(2020, 5, 6, 7, 8, 9, 123456000, time.UTC)
	addChanged(w, at, 7)
	for _, nanos := range []int{-1000, 0, 1, 999, 1000, 3000, 3500, 6000, 9000} {
		text := at.Add(time.Duration(nanos)).Format(time.RFC3339Nano)
		for _, op := range []string{"eq", "ne", "gt", "ge", "lt", "le"} {
			x := fmt.Sprintf("meta.lastModified %s %q", op, text)
			all := w.userNames("filter=" + url.QueryEscape(x+" or "+x))
			for _, same := range []string{x, x + " and active eq true", "active eq true and " + x, x + ` and meta.lastModified gt "1999-01-01T00:00:00Z"`} {
				got := w.userNames("filter=" + url.QueryEscape(same))
				slices.Sort(got)
				if slices.Sort(all); !slices.Equal(all, got) {
					t.Errorf("%s finds %v, want %v", same, got, all)
				}
			}
		}
	}
}

func TestThoseWhoChangedArePagedInOrder(t *testing.T) {
	w := newWorld(t)
	at := time.Date(2020, 5, 6, 7, 8, 9, 0, time.UTC)
	addChanged(w, at, 7)
	since := "filter=" + url.QueryEscape(fmt.Sprintf("meta.lastModified ge %q and meta.lastModified lt %q",
		at.Add(time.Microsecond).Format(time.RFC3339Nano), at.Add(6*time.Microsecond).Format(time.RFC3339Nano)))
	want := []string{"u5", "u3", "u1", "u6", "u4"} // of 7, i*3%7 is 1 to 5
	if got := w.userNames(since); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := w.userNames(since + "&startIndex=2&count=2&sortBy=meta.lastModified"); !slices.Equal(got, want[1:3]) {
		t.Errorf("the second page: %v", got)
	}
	w.want(200, `"totalResults":5`, "GET", "/scim/v2/Users?count=0&"+since, "")
	var got []string
	next := ""
	for more := true; more; {
		query := since + "&count=2&sortBy=meta.lastModified&sortOrder=descending&cursor=" + next
		got = append(got, w.userNames(query)...)
		var found bool
		if _, next, found = strings.Cut(w.ask("GET", "/scim/v2/Users?"+query, "").Body.String(), `"nextCursor":"`); found {
			next, _, _ = strings.Cut(next, `"`)
		}
		more = found
	}
	if slices.Reverse(got); !slices.Equal(got, want) {
		t.Errorf("by cursors: %v, want %v", got, want)
	}
}

// However many users there are, those who changed last are found.
func TestThoseWhoChangedAreFoundAmongTooManyToLookAt(t *testing.T) {
	w := newWorld(t)
	w.cfg.MaxScan = 3
	at := time.Date(2020, 5, 6, 7, 8, 9, 0, time.UTC)
	addChanged(w, at, 7)
	since := func(micros int) string {
		return "filter=" + url.QueryEscape(fmt.Sprintf("meta.lastModified ge %q and active eq true and meta.lastModified lt %q",
			at.Add(time.Duration(micros)*time.Microsecond).Format(time.RFC3339Nano), at.Add(time.Second).Format(time.RFC3339Nano)))
	}
	if got := w.userNames(since(4)); !slices.Equal(got, []string{"u2", "u4", "u6"}) {
		t.Errorf("%v", got)
	}
	w.want(400, "tooMany", "GET", "/scim/v2/Users?"+since(3), "")
}
