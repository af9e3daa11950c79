package edge

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// forwardedHeaders are what proxies say about the request that they pass on, in
// canonical form. No dialect sees them: a client can send them too.
var forwardedHeaders = [...]string{headerForwarded, headerFor, headerHost, headerProto, headerPrefix, "X-Forwarded-Port", "X-Forwarded-Server",
	"X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Original-Url", "X-Real-Ip", "X-Rewrite-Url", "X-Url-Scheme"}

// The headers that are read. Others are ignored.
const (
	headerFor       = "X-Forwarded-For"
	headerHost      = "X-Forwarded-Host"
	headerProto     = "X-Forwarded-Proto"
	headerPrefix    = "X-Forwarded-Prefix"
	headerForwarded = "Forwarded" // RFC 7239; only if none of the others is there
)

// applyForwarded returns the request as the client sent it: with the client's address as
// RemoteAddr, its Host, URL.Scheme and [dialects.PathPrefix], if a trusted proxy says so, and without the
// headers that say it.
func (h *Handler) applyForwarded(r *http.Request) *http.Request {
	says := slices.ContainsFunc(forwardedHeaders[:], func(name string) bool { return r.Header[name] != nil })
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

// believe applies what a trusted proxy says.
func (h *Handler) believe(r *http.Request) *http.Request {
	hops, host, proto := strings.Split(strings.Join(r.Header[headerFor], ","), ","), lastOf(r.Header[headerHost]), lastOf(r.Header[headerProto])
	if r.Header[headerFor] == nil && host == "" && proto == "" {
		hops = nil
		for _, f := range parseForwarded(r.Header[headerForwarded]) {
			hops, host, proto = append(hops, f.client), f.host, f.proto
		}
	}
	if client, ok := h.forwardedFor(hops); ok {
		address := net.JoinHostPort(client.String(), "0")
		r = r.WithContext(withClient(r.Context(), clientAt(address)))
		r.RemoteAddr = address
	}
	if host != "" {
		r.Host = host
	}
	if strings.EqualFold(proto, "https") {
		r.URL.Scheme = "https"
	}
	if prefix := strings.TrimRight(lastOf(r.Header[headerPrefix]), "/"); IsPrefix(prefix) {
		r = r.WithContext(dialects.WithPathPrefix(r.Context(), prefix))
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
func (h *Handler) forwardedFor(hops []string) (client netip.Addr, ok bool) {
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
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}
