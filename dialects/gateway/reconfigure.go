package gateway

import (
	"net/netip"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/ratelimit"
)

// Live are the settings that [Gateway.Reconfigure] replaces, by the names that they have
// in [Config].
type Live struct {
	TrustedProxies []netip.Prefix
	Hosts, Mounts  map[string]string
	// Limits are those of rates, of requests in progress, and of bodies and answers held; all others
	// stay as they were.
	Limits Limits
}

// Reconfigure replaces settings for the requests from now on. Those in progress end as
// they began, and count for the limits too. It must not be called by two callers at once.
func (g *Gateway) Reconfigure(live Live) {
	g.cfg.TrustedProxies, g.cfg.Hosts, g.cfg.Mounts = live.TrustedProxies, live.Hosts, live.Mounts
	g.cfg.Limits.takeLive(live.Limits)
	g.rates.set(g.cfg.Limits)
	g.handler.Store(g.handler.Load().With(g.edgeConfig()))
}

// takeLive copies the limits that can change while requests are served.
func (l *Limits) takeLive(from Limits) {
	l.MaxRequests, l.MaxClientRequests, l.MaxCallerRequests = from.MaxRequests, from.MaxClientRequests, from.MaxCallerRequests
	l.MaxBodies, l.MaxClientBodies = from.MaxBodies, from.MaxClientBodies
	l.MaxAnswer, l.MaxAnswers, l.MaxClientAnswers = from.MaxAnswer, from.MaxAnswers, from.MaxClientAnswers
	l.ClientRateLimit, l.ClientRateBurst = from.ClientRateLimit, from.ClientRateBurst
	l.CallerRateLimit, l.CallerRateBurst = from.CallerRateLimit, from.CallerRateBurst
	l.RateLimit, l.RateBurst = from.RateLimit, from.RateBurst
}

// rates bound the requests per second of each realm, of each caller and of each address.
type rates struct{ realm, caller, client *ratelimit.Limiter }

func newRates(l Limits, now func() time.Time) rates {
	return rates{
		realm:  ratelimit.New(l.RateLimit, l.RateBurst, now),
		caller: ratelimit.New(l.CallerRateLimit, l.CallerRateBurst, now),
		client: ratelimit.New(l.ClientRateLimit, l.ClientRateBurst, now),
	}
}

func (r rates) set(l Limits) {
	r.realm.Set(l.RateLimit, l.RateBurst)
	r.caller.Set(l.CallerRateLimit, l.CallerRateBurst)
	r.client.Set(l.ClientRateLimit, l.ClientRateBurst)
}
