package syncano_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// Bounds and lists of words that would make a transcript too long.

func TestAPageHoldsAHundredAtMost(t *testing.T) {
	w := newWorld(t, nil)
	for i := range 101 {
		w.born(coretest.User(fmt.Sprintf("u%03d", i)))
	}
	for query, next := range map[string]string{
		"?fields=id":               users + "?direction=1&last_pk=100",
		"?fields=id&page_size=101": users + "?page_size=101&direction=1&last_pk=100",
	} {
		list := w.must(ownerKey, "GET", users+query, "")
		if n := len(list["objects"].([]any)); n != 100 || list["next"] != next {
			t.Errorf("%s: %d people and then %v, want 100 and %s", query, n, list["next"], next)
		}
	}
}

// Source: vendor source, validators of schemas.
func TestNoFieldIsNamedLikeAMemberOfEveryObject(t *testing.T) {
	w := newWorld(t, nil)
	for _, name := range strings.Fields(`id created_at updated_at revision owner owner_permissions group group_permissions
		other_permissions channel channel_room expected_revision links self acl store save delete pk objects`) {
		w.refused(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "`+name+`", "type": "string"}]}`, 400,
			`{"schema":["Error processing field definition \"`+name+`\" #0: Field name \"`+name+`\" is reserved."]}`)
	}
}

func TestGeopointsAreOnEarth(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "g", "type": "geopoint"}]}`)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)
	for point, status := range map[string]int{
		`{"longitude": 180, "latitude": 90}`: 200, `{"longitude": -180, "latitude": -90}`: 200,
		`{"longitude": 180.1, "latitude": 0}`: 400, `{"longitude": -180.1, "latitude": 0}`: 400,
		`{"longitude": 0, "latitude": 90.1}`: 400, `{"longitude": 0, "latitude": -90.1}`: 400,
	} {
		if rec := w.do(ownerKey, "PATCH", users+"1/", `{"profile": {"g": `+point+`}}`); rec.Code != status {
			t.Errorf("%s: %d %s, want %d", point, rec.Code, rec.Body, status)
		}
	}
}

func TestMetadataOfAClassIsBounded(t *testing.T) {
	w := newWorld(t, nil)
	for metadata, status := range map[string]int{
		`{"` + strings.Repeat("é", 16) + `": "` + strings.Repeat("é", 4096) + `"}`: 200,
		`{"` + strings.Repeat("k", 17) + `": 1}`:                                   400,
		`{"k": "` + strings.Repeat("v", 4097) + `"}`:                               400,
	} {
		if rec := w.do(ownerKey, "PATCH", main+"classes/user_profile/", `{"metadata": `+metadata+`}`); rec.Code != status {
			t.Errorf("%.30s...: %d, want %d", metadata, rec.Code, status)
		}
	}
}
