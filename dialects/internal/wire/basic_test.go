package wire

import (
	"encoding/base64"
	"testing"
)

func TestBasicAuth(t *testing.T) {
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, c := range map[string]struct {
		header, user, pass string
		ok, bare           bool // taken with a scheme word, taken by BareBasicAuth
	}{
		"the usual form":               {"Basic " + encode("ann:s3cret"), "ann", "s3cret", true, true},
		"the scheme in lower case":     {"basic " + encode("ann:s3cret"), "ann", "s3cret", true, true},
		"the scheme in upper case":     {"BASIC " + encode("ann:s3cret"), "ann", "s3cret", true, true},
		"the first colon parts":        {"Basic " + encode("ann:a:b:"), "ann", "a:b:", true, true},
		"an empty password":            {"Basic " + encode("ann:"), "ann", "", true, true},
		"an empty user":                {"Basic " + encode(":x"), "", "x", true, true},
		"UTF-8":                        {"Basic " + encode("zoë:é"), "zoë", "é", true, true},
		"several blanks":               {"Basic   " + encode("ann:x"), "ann", "x", true, true},
		"without padding":              {"Basic YW5uOg", "ann", "", true, true},
		"percent signs stay":           {"Basic " + encode("a%40b:%41"), "a%40b", "%41", true, true},
		"no scheme word":               {encode("ann:x"), "ann", "x", false, true},
		"no colon":                     {"Basic " + encode("ann"), "", "", false, false},
		"not UTF-8":                    {"Basic " + encode("ann:\xff"), "", "", false, false},
		"not base64":                   {"Basic !!!", "", "", false, false},
		"another scheme":               {"Bearer " + encode("ann:x"), "", "", false, false},
		"three parts":                  {"Basic " + encode("ann:x") + " x", "", "", false, false},
		"three parts without a scheme": {encode("ann:x") + " x y", "", "", false, false},
		"the scheme alone":             {"Basic", "", "", false, false},
		"the scheme and a blank":       {"Basic ", "", "", false, false},
		"nothing":                      {"", "", "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			user, pass, ok := BasicAuth(c.header)
			if ok != c.ok || ok && (user != c.user || pass != c.pass) {
				t.Errorf("BasicAuth = %q, %q, %t", user, pass, ok)
			}
			user, pass, ok = BareBasicAuth(c.header)
			if ok != c.bare || ok && (user != c.user || pass != c.pass) {
				t.Errorf("BareBasicAuth = %q, %q, %t", user, pass, ok)
			}
		})
	}
}

func TestRefusedCredentialsLeaveNothing(t *testing.T) {
	if user, pass, ok := BasicAuth("Basic " + base64.StdEncoding.EncodeToString([]byte("no colon"))); user != "" || pass != "" || ok {
		t.Errorf("got %q, %q, %t", user, pass, ok)
	}
}
