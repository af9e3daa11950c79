package rack

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMediaType(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "",
		"application/json":                   "application/json",
		"Application/JSON; charset=utf-8":    "application/json",
		"application/json, application/json": "application/json",
		"text/xml , application/xml":         "text/xml",
		"application/json,application/x-www-form-urlencoded; charset=UTF-8": "application/json",
	} {
		if got := MediaType(in); got != want {
			t.Errorf("MediaType(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAccepted(t *testing.T) {
	for name, c := range map[string]struct{ accept, with, contentType, want string }{
		"nothing":                                {"", "", "", ""},
		"nothing from a script":                  {"", "XMLHttpRequest", "application/json", "application/json"},
		"one type":                               {"application/xml", "", "", "application/xml"},
		"a wild card alone":                      {"*/*", "", "", "*/*"},
		"a browser's list":                       {"text/html,application/xml;q=0.9,*/*;q=0.8", "", "", ""},
		"a wild card at the front of a list":     {"*/*, application/xml", "", "", ""},
		"a wild card with a quality is no list":  {"*/*; q=0.5, application/xml", "", "", "application/xml */*"},
		"a script's list":                        {"application/json, text/javascript, */*; q=0.01", "xmlhttprequest", "", "application/json text/javascript */*"},
		"quality decides":                        {"application/xml;q=0.5, application/json", "", "", "application/json application/xml"},
		"a quality that is not a number is none": {"application/xml;q=x, text/plain", "", "", "text/plain application/xml"},
		"other parameters do not matter":         {"application/json; indent=4; q=0.2, text/xml", "", "", "text/xml application/json"},
		"empty items are left out":               {",application/json,", "", "", "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{"Accept": {c.accept}, "X-Requested-With": {c.with}, "Content-Type": {c.contentType}}
			if got := strings.Join(Accepted(h), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOverriddenMethod(t *testing.T) {
	for name, c := range map[string]struct{ method, field, header, want string }{
		"a field":                           {"POST", "put", "", "PUT"},
		"a header":                          {"POST", "", "DELETE", "DELETE"},
		"a field before a header":           {"POST", "patch", "DELETE", "PATCH"},
		"an unknown method is left alone":   {"POST", "steal", "", "POST"},
		"an unknown field hides the header": {"POST", "steal", "PUT", "POST"},
		"only POST can mean another":        {"PUT", "delete", "DELETE", "PUT"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/", nil)
			r.Header.Set("X-HTTP-Method-Override", c.header)
			if got := OverriddenMethod(r, c.field); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestBasicAuth(t *testing.T) {
	for name, c := range map[string]struct {
		header, user, pass string
		ok                 bool
	}{
		"as RFC 7617 says":        {"Basic YWRhOnB3", "ada", "pw", true},
		"the scheme in any case":  {"bASIC YWRhOnB3", "ada", "pw", true},
		"a blank inside":          {"Basic YWRh OnB3", "ada", "pw", true},
		"blanks around":           {"Basic   YWRhOnB3 ", "ada", "pw", true},
		"without padding":         {"Basic YWRhOnB", "ada", "p", true},
		"padding ends it":         {"Basic YWRhOnA=YWRh", "ada", "p", true},
		"a colon in the password": {"Basic YTpiOmM=", "a", "b:c", true},
		"no colon":                {"Basic YWRh", "", "", false},
		"another scheme":          {"Bearer YWRhOnB3", "", "", false},
		"no blank":                {"BasicYWRhOnB3", "", "", false},
		"text that is not UTF-8":  {"Basic /zpi", "", "", false},
		"nothing":                 {"", "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if user, pass, ok := BasicAuth(c.header); user != c.user || pass != c.pass || ok != c.ok {
				t.Errorf("got %q, %q, %t", user, pass, ok)
			}
		})
	}
}

func FuzzAccepted(f *testing.F) {
	f.Add("*/*; q=0.5, application/xml", "", "")
	f.Add("application/json, text/javascript, */*; q=0.01", "XMLHttpRequest", "")
	f.Add(";;,,q=;q=nan", "x", "a,b;c")
	f.Fuzz(func(t *testing.T, accept, with, contentType string) {
		h := http.Header{"Accept": {accept}, "X-Requested-With": {with}, "Content-Type": {contentType}}
		for _, kind := range Accepted(h) {
			if kind == "" || strings.ContainsAny(kind, ",;") {
				t.Fatalf("%q has the type %q", accept, kind)
			}
		}
	})
}

// FuzzBasicAuth holds that text around the digits does not matter, and that what is read is text.
func FuzzBasicAuth(f *testing.F) {
	for _, seed := range []string{"Basic YWRhOnB3", "bASIC YWRh OnB3", "Basic   YWRhOnB3 ", "Basic YWRhOnA=YWRh", "Basic =", "Digest x", "Basic /w=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		user, pass, ok := BasicAuth(header)
		if !utf8.ValidString(user) || !utf8.ValidString(pass) || strings.Contains(user, ":") {
			t.Errorf("%q is %q, %q", header, user, pass)
		}
		if u, p, again := BasicAuth(header + "\n "); ok && (!again || u != user || p != pass) {
			t.Errorf("%q with blanks is %q, %q", header, u, p)
		}
	})
}
