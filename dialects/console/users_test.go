package console_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// populate stores many users, every second of them in a group, and returns the group.
func (d *desk) populate(n int) *core.Group {
	d.Helper()
	g := &core.Group{Realm: core.MainRealm, Kind: "scim.group", Key: "all", Name: "All"}
	err := d.dir.Update(d.Context(), core.Operator(), func(tx *core.Tx) error {
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
		for i := range n {
			u := &core.User{Realm: core.MainRealm, UID: fmt.Sprint("uid-", i), Username: fmt.Sprintf("person-%d", i), Enabled: i%3 > 0}
			if err := tx.AddUser(u); err != nil {
				return err
			}
			if i%2 == 0 {
				if _, err := tx.Join(u, g); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		d.Fatal(err)
	}
	return g
}

var (
	listedUser = regexp.MustCompile(`users/main/\d+">(person-\d+)<`)
	nextPage   = regexp.MustCompile(`href="/_dragoman/console/(users\?[^"]+)">(Next page|Search on)`)
)

// walk follows the links to the next page and returns the users of all pages.
func (d *desk) walk(query url.Values) (names []string, pages int) {
	d.Helper()
	for at := "users?" + query.Encode(); at != ""; pages++ {
		page := d.must("GET", at, nil, 200)
		for _, m := range listedUser.FindAllStringSubmatch(page, -1) {
			names = append(names, m[1])
		}
		at = ""
		if m := nextPage.FindStringSubmatch(page); m != nil {
			at = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	return names, pages
}

// However few of very many users match, each page looks at a bounded number of them, and
// all pages together show all.
func TestPagesOfALargeRealmShowAllUsers(t *testing.T) {
	t.Parallel()
	d := open(t, false)
	d.signIn()
	const n = 6000
	g := d.populate(n)
	group := url.Values{"kind": {g.Kind}, "group": {"1"}}
	with := func(name, value string, v url.Values) url.Values {
		all := url.Values{name: {value}}
		for k := range v {
			all[k] = v[k]
		}
		return all
	}
	for _, c := range []struct {
		query        url.Values
		users, pages int
	}{
		{url.Values{"q": {"-59"}}, 111, 3}, {url.Values{"q": {"on-5999"}}, 1, 1}, {url.Values{"q": {"nowhere"}}, 0, 1},
		{url.Values{"q": {"9-"}}, 0, 2}, // too short for an index
		{with("q", "-59", group), 55, 2}, {with("state", "disabled", group), 1000, 20},
		{url.Values{"state": {"deleted"}}, 0, 7},
	} {
		names, pages := d.walk(c.query)
		if len(names) != c.users || pages != c.pages {
			t.Errorf("%v: %d users on %d pages, want %d on %d", c.query, len(names), pages, c.users, c.pages)
		}
	}
	if names, _ := d.walk(group); len(names) != n/2 || names[0] != "person-0" || names[n/2-1] != "person-5998" {
		t.Errorf("the group has %d members", len(names))
	}
	d.must("GET", "users?q=uid-77", nil, 200, "person-77<")
}
