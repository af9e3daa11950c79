package main

import "testing"

func TestAWhiteListSeesTheClientBehindATrustedProxy(t *testing.T) {
	for name, c := range map[string]struct {
		flags     []string
		forwarded string
		status    int
	}{
		"from inside":     {[]string{"--trusted-proxies", "127.0.0.0/8"}, "10.0.0.7", 200},
		"from outside":    {[]string{"--trusted-proxies", "127.0.0.0/8"}, "10.0.1.7", 401},
		"forged in front": {[]string{"--trusted-proxies", "127.0.0.0/8"}, "10.0.0.7, 8.8.8.8", 401},
		"not trusted":     {nil, "10.0.0.7", 401},
	} {
		t.Run(name, func(t *testing.T) {
			g := startSeeded(t, c.flags...)
			if got := g.do(t, "POST", "/users/1/user_white_lists.json", `{"ip":"10.0.0.1/24"}`,
				append([]string{"Content-Type", "application/json"}, admin...)...); got.status >= 300 {
				t.Fatalf("%d %s", got.status, got.body)
			}
			got := g.do(t, "GET", "/version.json", "", append([]string{"X-Forwarded-For", c.forwarded}, admin...)...)
			if got.status != c.status {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
}
