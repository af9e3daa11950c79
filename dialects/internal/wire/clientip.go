package wire

import (
	"net/http"
	"net/netip"
)

// ClientIP is the address the request comes from, as the server in front of the
// dialects has put it into RemoteAddr: the peer's, or what a proxy says that may
// speak for others. The zero Addr means that there is none (a socket file).
func ClientIP(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap().WithZone("")
}
