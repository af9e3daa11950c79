package econtext

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func FuzzCanonicalPath(f *testing.F) {
	for _, target := range []string{"/api/users", "//api/users/", "///api/users/user/%61dmin%2Fuid/", "/%61pi/", "/", "//", "/api//users//", "/api/users/search/a%2525", "/%2F"} {
		f.Add(target)
	}
	f.Fuzz(func(t *testing.T, target string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(target, "/") {
			return
		}
		r := canonical(&http.Request{URL: u})
		if strings.HasPrefix(r.URL.Path, "//") || strings.HasPrefix(r.URL.RawPath, "//") {
			t.Fatalf("%q became %q, %q", target, r.URL.Path, r.URL.RawPath)
		}
		if plain, err := url.PathUnescape(r.URL.RawPath); r.URL.RawPath != "" && (err != nil || strings.Trim(plain, "/") != strings.Trim(r.URL.Path, "/")) {
			t.Fatalf("%q became %q, which is %q and not %q, %v", target, r.URL.RawPath, plain, r.URL.Path, err)
		}
	})
}
