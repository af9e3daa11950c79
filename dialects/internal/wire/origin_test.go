package wire

import (
	"net/http/httptest"
	"testing"
)

func TestOriginIsWhatTheServerSays(t *testing.T) {
	for target, want := range map[string]string{"/": "http://example.com", "https://x.example:8443/": "https://x.example:8443"} {
		r := httptest.NewRequest("GET", target, nil)
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("X-Forwarded-Host", "evil.example")
		if got := Origin(r); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	if r.URL.Scheme = "https"; Origin(r) != "https://example.com" {
		t.Errorf("behind a proxy: %s", Origin(r))
	}
}
