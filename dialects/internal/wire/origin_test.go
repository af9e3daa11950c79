package wire

import (
	"context"
	"net"
	"net/http"
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
	r.Host = ""
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 80}))
	if r.URL.Scheme = "http"; Origin(r) != "http://10.0.0.1:80" {
		t.Errorf("without a host: %s", Origin(r))
	}
}
