package wire

import (
	"net/http/httptest"
	"testing"
)

func TestClientIP(t *testing.T) {
	for name, c := range map[string]struct{ remote, want string }{
		"IPv4":                         {"203.0.113.7:5000", "203.0.113.7"},
		"IPv6":                         {"[2001:db8::1]:5000", "2001:db8::1"},
		"IPv4 inside IPv6 is IPv4":     {"[::ffff:10.1.2.3]:5000", "10.1.2.3"},
		"a zone is dropped":            {"[fe80::1%eth0]:5000", "fe80::1"},
		"a port of 0 stands for none":  {"203.0.113.7:0", "203.0.113.7"},
		"a socket file has no address": {"@", "invalid IP"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.remote
			r.Header.Set("X-Forwarded-For", "198.51.100.1") // is for the server to believe or not
			if got := ClientIP(r).String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
