package wire

import (
	"net/http/httptest"
	"testing"
)

func TestClientIP(t *testing.T) {
	trusted, err := ParseProxies("10.0.0.0/8", " 127.0.0.1 ", "fd00::/8")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		peer, want string
		forwarded  []string
	}{
		"without a proxy the peer":                  {"203.0.113.7:5000", "203.0.113.7", nil},
		"a stranger's header is not believed":       {"203.0.113.7:5000", "203.0.113.7", []string{"198.51.100.1"}},
		"a trusted proxy's header is":               {"10.1.2.3:5000", "198.51.100.1", []string{"198.51.100.1"}},
		"what the client forged stands to the left": {"10.1.2.3:5000", "198.51.100.1", []string{"1.1.1.1, 198.51.100.1"}},
		"trusted hops are passed":                   {"127.0.0.1:1", "198.51.100.1", []string{"198.51.100.1, 10.0.0.9"}},
		"several headers are one list":              {"127.0.0.1:1", "198.51.100.1", []string{"1.1.1.1", "198.51.100.1,10.0.0.9"}},
		"a whole chain of proxies ends at its head": {"127.0.0.1:1", "10.0.0.8", []string{"10.0.0.8, 10.0.0.9"}},
		"rubbish ends the walk":                     {"127.0.0.1:1", "10.0.0.9", []string{"198.51.100.1, unknown, 10.0.0.9"}},
		"a trusted proxy without a header":          {"10.1.2.3:5000", "10.1.2.3", nil},
		"an entry may have a port":                  {"10.1.2.3:5000", "198.51.100.1", []string{"198.51.100.1:4711"}},
		"IPv6 with brackets and port":               {"[fd00::1]:5000", "2001:db8::1", []string{"[2001:db8::1]:80"}},
		"IPv6 in brackets":                          {"[fd00::1]:5000", "2001:db8::1", []string{"[2001:db8::1]"}},
		"IPv4 inside IPv6 is IPv4":                  {"[::ffff:10.1.2.3]:5000", "198.51.100.1", []string{"::ffff:198.51.100.1"}},
		"a zone is dropped":                         {"[fe80::1%eth0]:5000", "fe80::1", nil},
		"a socket file has no address":              {"@", "invalid IP", []string{"198.51.100.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.peer
			for _, header := range c.forwarded {
				r.Header.Add("X-Forwarded-For", header)
			}
			if got := ClientIP(r, trusted).String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestParseProxiesNamesTheBrokenOne(t *testing.T) {
	for _, text := range []string{"10.0.0.0/33", "example.org", ""} {
		if _, err := ParseProxies("127.0.0.1", text); err == nil {
			t.Errorf("%q passed", text)
		}
	}
}
