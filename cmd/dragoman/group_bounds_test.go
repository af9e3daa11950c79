package main

import (
	"strings"
	"testing"
)

// Users are shown with their groups, so a large group would make every list large.
func TestAGroupsBodyIsBounded(t *testing.T) {
	g := startSeeded(t)
	large := strings.Repeat("q", 300<<10)
	scim := append(jsonBody, "Authorization", "Bearer 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e")
	for name, c := range map[string]struct {
		path, body string
		header     []string
		status     int
	}{
		"custom_data":  {"/api/applications/application", `{"name":"a","custom_data":{"x":"` + large + `"}}`, append(jsonBody, admin...), 400},
		"description":  {"/api/applications/application", `{"name":"b","description":"` + large + `"}`, append(jsonBody, admin...), 400},
		"organization": {"/api/organizations/organization", `{"name":"c","custom_data":{"x":"` + large + `"}}`, append(jsonBody, admin...), 400},
		"externalId":   {"/scim/v2/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"d","externalId":"` + large + `"}`, scim, 400},
	} {
		got := g.do(t, "POST", c.path, c.body, c.header...)
		if got.status != c.status {
			t.Errorf("%s: %d %.200s", name, got.status, got.body)
		}
		small := strings.Replace(c.body, large, "q", 1)
		if got := g.do(t, "POST", c.path, small, c.header...); got.status/100 != 2 {
			t.Errorf("%s, small: %d %.200s", name, got.status, got.body)
		}
	}
}
