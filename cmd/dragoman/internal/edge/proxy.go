package edge

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// applyForwardedFor returns the request with the client's address as RemoteAddr, if
// the peer is a trusted proxy.
func (h *Handler) applyForwardedFor(r *http.Request) *http.Request {
	if len(h.cfg.TrustedProxies) == 0 {
		return r
	}
	peer, ok := hopAddr(r.RemoteAddr)
	if !ok || !h.trusts(peer) {
		return r
	}
	client, ok := h.forwardedFor(r)
	if !ok {
		return r
	}
	address := net.JoinHostPort(client.String(), "0")
	r = r.WithContext(withClient(r.Context(), clientAt(address)))
	r.RemoteAddr = address
	return r
}

// forwardedFor returns the client that a trusted proxy names. Of a list, the last
// address that is not a trusted proxy counts: the client can have written all those
// before it.
func (h *Handler) forwardedFor(r *http.Request) (client netip.Addr, ok bool) {
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
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
