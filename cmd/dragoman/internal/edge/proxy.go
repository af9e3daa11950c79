package edge

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// believeProxy puts the client's address where everybody looks for it, if the
// peer is a proxy that may speak for others. Of a list, the last address that is
// not such a proxy counts: what stands before it, anybody can have written.
func (h *Handler) believeProxy(r *http.Request) {
	if len(h.cfg.TrustedProxies) == 0 {
		return
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !h.trusts(peer.Addr()) {
		return
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		addr, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return
		}
		r.RemoteAddr = net.JoinHostPort(addr.Unmap().WithZone("").String(), "0")
		if !h.trusts(addr) {
			return
		}
	}
}

func (h *Handler) trusts(addr netip.Addr) bool {
	for _, p := range h.cfg.TrustedProxies {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}
