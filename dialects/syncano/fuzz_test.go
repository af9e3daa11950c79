package syncano_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzRequest sends a request with an odd target, Accept, Content-Type and body as an
// account: the answer is never a 500, and JSON unless no route matches the path.
func FuzzRequest(f *testing.F) {
	const profile = main + "classes/user_profile/"
	for _, seed := range [][4]string{
		{"/users/?username__startswith=100%", "", "", ""},
		{"/users/?page_size=1;ordering=desc", "*/*;q=0.5, text/html", "", ""},
		{"/classes/user_profile/objects/?query=%7B%22born%22:%7B%22_gt%22:%222015-2-3%22%7D%7D", "application/json; indent=4", "", ""},
		{`/classes/user_profile/objects/?query={"name":{"_like":"E%"}}&order_by=-born&include_count=on`, "", "", ""},
		{"//users//?fields=id,&excluded_fields=a.b", "application/*", "", ""},
		{"/./x/../users/1/", "", "application/json; charset=utf-16", "{}"},
		{"/users/1/", "", "application/x-www-form-urlencoded", "profile.name=a%FFb;profile.vip=on&profile=[object Object]&junk"},
		{"/user%73/1/", "", "application/x-www-form-urlencoded; charset=ISO-8859-1", "profile.name=Jos\xe9"},
		{"/users/1/", "", "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"profile.name\"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--B--\r\n"},
		{"/users/1/", "", "multipart/form-data", "--B\r\n"},
		{"/users/1/", "", "text/plain; charset=latin1", `{"profile":{"born":"2016-7-1T1:2:3.5Z","name":"Zo` + "\xeb" + `"}}`},
		{"/users/1/", "application/xml", "application/json", `{"profile":{"tags":{"_add":["c"],"_remove":["a"]},"owner_permissions":null}}`},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	w := newWorld(f, nil)
	w.must(ownerKey, "PATCH", profile, `{"schema": [{"name": "name", "type": "string", "filter_index": true}, {"name": "born", "type": "datetime", "filter_index": true, "order_index": true},`+
		`{"name": "vip", "type": "boolean"}, {"name": "tags", "type": "array"}, {"name": "pic", "type": "file"}]}`)
	w.must(ownerKey, "POST", users, credentialsOf("ann", "secret"))
	f.Fuzz(func(t *testing.T, target, accept, contentType, body string) {
		u, err := url.ParseRequestURI("/v1.1/instances/main" + target)
		if err != nil || u.Host != "" {
			return
		}
		method := "GET"
		if body != "" {
			method = "PATCH"
		}
		r := httptest.NewRequest(method, "/", strings.NewReader(body))
		r.URL = u
		r.Header.Set("X-Api-Key", ownerKey)
		for name, value := range map[string]string{"Accept": accept, "Content-Type": contentType} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		answer := httptest.NewRecorder()
		w.d.ServeHTTP(answer, r)
		page := answer.Code == 404 && bytes.HasPrefix(answer.Body.Bytes(), []byte("<h1>"))
		if answer.Code >= 500 || !page && answer.Code != 204 && !json.Valid(answer.Body.Bytes()) {
			t.Errorf("%s %q: %d %q", method, u, answer.Code, answer.Body)
		}
	})
}
