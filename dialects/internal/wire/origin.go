package wire

import (
	"net"
	"net/http"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// Origin is where the dialect's paths begin for the client: the scheme and host that it
// asked, as in https://example.com, and the prefix of [dialects.PathPrefix].
// They are as the server in front of the dialects has put them into the request: it
// knows which proxies to believe. A client of HTTP/1.0 need not name a host; its
// host is the address that it is connected to.
func Origin(r *http.Request) string {
	scheme, host := "http://", r.Host
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https://"
	}
	if addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && host == "" {
		host = addr.String()
	}
	return scheme + host + dialects.PathPrefix(r)
}
