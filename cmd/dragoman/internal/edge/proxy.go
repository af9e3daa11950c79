package edge

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// applyForwardedFor sets RemoteAddr to the client's address if the peer is a
// trusted proxy. Of a list, the last address that is not a trusted proxy counts:
// the client can have written all those before it.
func (h *Handler) applyForwardedFor(r *http.Request) {
	if len(h.cfg.TrustedProxies) == 0 {
		return
	}
	peer, ok := hopAddr(r.RemoteAddr)
	if !ok || !h.trusts(peer) {
		return
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		addr, ok := hopAddr(strings.TrimSpace(hops[i]))
		if !ok {
			return
		}
		r.RemoteAddr = net.JoinHostPort(addr.String(), "0")
		if !h.trusts(addr) {
			return
		}
	}
}

// hopAddr parses an address, with or without a port and brackets.
func hopAddr(text string) (netip.Addr, bool) {
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap().WithZone(""), true
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

func (h *Handler) trusts(addr netip.Addr) bool {
	for _, p := range h.cfg.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
