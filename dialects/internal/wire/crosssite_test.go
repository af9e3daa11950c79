package wire

import (
	"net/http/httptest"
	"testing"
)

func TestIsCrossSite(t *testing.T) {
	for _, c := range []struct {
		origin, site string
		want         bool
	}{
		{"", "", false}, {"http://example.com", "", false}, {"https://example.com", "same-origin", false}, {"", "none", false},
		{"https://evil.example", "", true}, {"null", "", true}, {"", "cross-site", true}, {"https://evil.example", "cross-site", true},
	} {
		for _, method := range []string{"GET", "POST"} {
			r := httptest.NewRequest(method, "/", nil)
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			if got := IsCrossSite(r); got != c.want || r.Method != method {
				t.Errorf("%s from %q, %q: %v", method, c.origin, c.site, got)
			}
		}
	}
}

// Without the headers that are made for it, the Referer says where a browser's page is from.
func TestIsCrossSiteByTheReferer(t *testing.T) {
	for _, c := range []struct {
		referer, origin, site string
		want                  bool
	}{
		{"http://evil.example/page", "", "", true}, {"https://evil.example", "", "", true}, {"http://example.com.evil.example/", "", "", true},
		{"http://example.com:8080/", "", "", true}, {"http://example.com@evil.example/", "", "", true}, {"//evil.example/", "", "", true},
		{"http://example.com/page", "", "", false}, {"https://EXAMPLE.com/page?x", "", "", false}, {"/page", "", "", false}, {"", "", "", false},
		{"http://evil.example/", "http://example.com", "", false}, {"http://evil.example/", "", "none", false}, {"http://example.com/", "", "cross-site", true},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		for name, value := range map[string]string{"Referer": c.referer, "Origin": c.origin, "Sec-Fetch-Site": c.site} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		if got := IsCrossSite(r); got != c.want {
			t.Errorf("referred from %q, from %q, %q: %v", c.referer, c.origin, c.site, got)
		}
	}
}
