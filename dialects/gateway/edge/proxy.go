package edge

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// forwardedHeaders are what proxies say about the request that they pass on, in
// canonical form. No dialect sees them: a client can send them too.
var forwardedHeaders = [...]string{"Forwarded", headerFor, headerHost, headerProto, "X-Forwarded-Port", "X-Forwarded-Server",
	"X-Forwarded-Prefix", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Original-Url", "X-Real-Ip", "X-Rewrite-Url", "X-Url-Scheme"}

// The headers that are read. Others are ignored.
const (
	headerFor   = "X-Forwarded-For"
	headerHost  = "X-Forwarded-Host"
	headerProto = "X-Forwarded-Proto"
)

// applyForwarded returns the request as the client sent it: with the client's address as
// RemoteAddr, its Host and URL.Scheme, if a trusted proxy says so, and without the
// headers that say it.
func (h *Handler) applyForwarded(r *http.Request) *http.Request {
	says := hasForwarded(r.Header)
	if !says && r.URL.Scheme == "" {
		return r
	}
	original := r
	r = r.WithContext(r.Context())
	url := *r.URL
	r.URL, url.Scheme = &url, ""
	if !says {
		return r
	}
	if peer, ok := hopAddr(r.RemoteAddr); ok && h.trusts(peer) {
		r = h.believe(r)
	}
	r.Header = original.Header.Clone()
	for _, name := range forwardedHeaders {
		delete(r.Header, name)
	}
	return r
}

func hasForwarded(header http.Header) bool {
	for _, name := range forwardedHeaders {
		if _, ok := header[name]; ok {
			return true
		}
	}
	return false
}

// believe applies what a trusted proxy says.
func (h *Handler) believe(r *http.Request) *http.Request {
	if client, ok := h.forwardedFor(r); ok {
		address := net.JoinHostPort(client.String(), "0")
		r = r.WithContext(withClient(r.Context(), clientAt(address)))
		r.RemoteAddr = address
	}
	if host := lastOf(r.Header[headerHost]); host != "" {
		r.Host = host
	}
	if strings.EqualFold(lastOf(r.Header[headerProto]), "https") {
		r.URL.Scheme = "https"
	}
	return r
}

// lastOf returns the last item of a list: the one of the nearest proxy.
func lastOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	last := values[len(values)-1]
	return strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
}

// forwardedFor returns the client that a trusted proxy names. Of a list, the last
// address that is not a trusted proxy counts: the client can have written all those
// before it.
func (h *Handler) forwardedFor(r *http.Request) (client netip.Addr, ok bool) {
	hops := strings.Split(strings.Join(r.Header[headerFor], ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		addr, isAddr := hopAddr(strings.TrimSpace(hops[i]))
		if !isAddr {
			return client, ok
		}
		client, ok = addr, true
		if !h.trusts(addr) {
			return client, ok
		}
	}
	return client, ok
}

// hopAddr parses an address, with or without a port and brackets.
func hopAddr(text string) (netip.Addr, bool) {
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap().WithZone(""), true
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

func (h *Handler) trusts(addr netip.Addr) bool { return trusted(h.cfg.TrustedProxies, addr) }

func trusted(proxies []netip.Prefix, addr netip.Addr) bool {
	for _, p := range proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
