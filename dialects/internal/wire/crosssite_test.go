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
