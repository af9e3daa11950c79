package syncano_test

import (
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
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

// countedReader counts what is read of a body.
type countedReader struct {
	io.Reader
	read int
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

func TestLittleIsReadOfAnUnknownCaller(t *testing.T) {
	w := newWorld(t, nil)
	large := `{"username": "ann", "password": "` + strings.Repeat("x", 200<<10) + `"}`
	for _, c := range []struct {
		name, key, path, body, want string
		length                      int64
		all                         bool
	}{
		{"without a key", "", users, large, "403 " + `{"detail":"You do not have permission to perform this action."}`, 0, false},
		{"in chunks", "", users, large, "403 " + `{"detail":"You do not have permission to perform this action."}`, -1, false},
		{"with a wrong key", nobodysKey, users, large, "403 " + `{"detail":"No such API Key."}`, -1, false},
		{"where no key is needed", "", "/v1.1/account/auth/", large, "413 " + `{"detail":"Request body is too large."}`, -1, false},
		{"with a key", aclKey, users, large, "400 ", -1, true},
		{"with an account's key", ownerKey, users, large, "400 ", 0, true},
		{"a small one in chunks", "", users, `{"_api_key": "` + aclKey + `"}`, "400 ", -1, true},
		{"a broken small one", "", users, `{`, "400 ", -1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := &countedReader{Reader: strings.NewReader(c.body)}
			r := httptest.NewRequest("POST", c.path, body)
			r.ContentLength = int64(len(c.body))
			if c.length < 0 {
				r.ContentLength = -1
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Api-Key", c.key)
			rec := httptest.NewRecorder()
			w.d.ServeHTTP(rec, r)
			if got := fmt.Sprint(rec.Code, " ", rec.Body); !strings.HasPrefix(got, c.want) {
				t.Errorf("%.200s", got)
			}
			if all := body.read == len(c.body); all != c.all || !all && body.read > 64<<10+1 {
				t.Errorf("%d of %d bytes are read", body.read, len(c.body))
			}
		})
	}
}

// However small the limit of bodies is, a file of an unknown caller is not kept on
// the disk before the caller is refused.
func TestNoFileOfAnUnknownCallerIsSpooled(t *testing.T) {
	w := newWorld(t, func(c *syncano.Config) { c.MaxBody = 32 << 10 })
	text := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.bin\"\r\n\r\n" + strings.Repeat("x", 1<<20) + "\r\n--b--\r\n"
	body := &countedReader{Reader: strings.NewReader(text)}
	r := httptest.NewRequest("POST", users, body)
	r.ContentLength = -1
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	rec := httptest.NewRecorder()
	w.d.ServeHTTP(rec, r)
	if rec.Code < 400 || body.read > 64<<10 {
		t.Errorf("%d after %d bytes", rec.Code, body.read)
	}
}

// Every instance of a list shows its metadata and its owner's.
func TestMetadataOfAccountsAndInstancesIsBounded(t *testing.T) {
	w := newWorld(t, nil)
	large := `{"metadata": {"a": "` + strings.Repeat("q", 16<<10) + `"}`
	want := `{"metadata":["Value is too long, maximum length is 16384."]}`
	w.refused(ownerKey, "PATCH", "/v1.1/account/", large+"}", 400, want)
	w.refused(ownerKey, "POST", "/v1.1/instances/", large+`, "name": "bloated"}`, 400, want)
	w.refused(ownerKey, "PATCH", main, large+"}", 400, want)
	w.must(ownerKey, "PATCH", main, `{"metadata": {"a": "`+strings.Repeat("q", 16<<10-8)+`"}}`)
}
