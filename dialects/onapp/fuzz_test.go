package onapp

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// FuzzRequest reads any body of any type and any query into a user. Nothing may panic; what is
// refused is refused as unreadable; what is taken keeps its bounds.
func FuzzRequest(f *testing.F) {
	const page = `<user><email>somemail@example.com</email><role_ids type="array"><role_id>1</role_id></role_ids>` +
		`<additional_fields type="array"><additional_field><name>n</name><value>v</value></additional_field>` +
		`</additional_fields><suspend_at>2011-08-01 12:47:08</suspend_at></user>`
	for _, seed := range [][3]string{
		{"application/json", `{"user":{"email":"a@b.cc","role_ids":["1",2,null],"additional_fields":{"n":"v"}}}`, ""},
		{"application/json", `{"first_name":"Bea","registered_yubikey":false}` + "\n", "page=2&per_page=x"},
		{"application/json", `{"user":{"additional_fields":[{"additional_field":{"name":"n","value":"v"}}]}}`, ""},
		{"application/json", `[1]`, "user[login]=x"}, {"application/json", `{"user":[[[[]]]]}`, ""},
		{"application/xml", page, ""}, {"text/xml", `<force>1</force>`, ""}, {"application/xml", `<a><b/><b/></a>`, "q=%"},
		{"application/xml", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, ""}, {"application/xml", `<user nil="true"/>`, ""},
		{"application/x-www-form-urlencoded", `user[role_ids][0]=2&user[role_ids][]=&user[a][][b]=1`, "user=1"},
		{"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"user[login]\"\r\n\r\nx\r\n--b--\r\n", ""},
		{"text/plain", `{"user":1}`, "user[suspend_at]=20110801T124708Z&short&user[role_ids][][]=1"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	d := New(Config{Directory: core.New(core.Config{})})
	f.Fuzz(func(t *testing.T, contentType, body, query string) {
		r := httptest.NewRequest("POST", "/users.json", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.URL.RawQuery = query
		p, err := d.readParams(r)
		var unreadable *errBody
		if err != nil {
			if !errors.As(err, &unreadable) && !errors.Is(err, wire.ErrTooLarge) {
				t.Fatalf("another error: %v", err)
			}
			return
		}
		in := d.decodeUser(p.resource("user"))
		u, facet := &core.User{}, &facet{}
		fields := []field{{ID: 1, Name: "n", Type: typeInteger}, {ID: 2, Name: "m", Type: typeString}}
		faults := in.validate(d, nil)
		in.apply(u, facet, fields)
		if login := in.login.Or(""); len(faults) == 0 && (len(login) > maxLogin || !utf8.ValidString(login)) {
			t.Fatalf("login %q is taken", login)
		}
		again, err := decodeFacet(facet.encode())
		if err != nil || again.TimeZone != facet.TimeZone || again.Group != facet.Group {
			t.Fatalf("%+v became %+v, %v", facet, again, err)
		}
		for _, fault := range faults {
			if sentence(fault) == "" {
				t.Fatalf("no words for %+v", fault)
			}
		}
	})
}

// FuzzDowncase holds that a name is found by whatever form of it is stored.
func FuzzDowncase(f *testing.F) {
	for _, seed := range []string{"ANN@example.com", "ΝΙΚΟΣ", "νικος", "İlker", "ΑΣ\u0301. ΑΣΒ", "\xff\xce", "\u212a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		lower := downcase(text)
		if core.Fold(lower) != core.Fold(text) || downcase(lower) != lower {
			t.Errorf("%q in lower case is %q", text, lower)
		}
	})
}
