package wire

import "net/http"

// Origin is the scheme and host that the client asked, as in https://example.com.
// Both are as the server in front of the dialects has put them into the request: it
// knows which proxies to believe.
func Origin(r *http.Request) string {
	if r.TLS != nil || r.URL.Scheme == "https" {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
