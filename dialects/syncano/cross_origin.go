package syncano

import "net/http"

// crossOrigin adds the headers that browsers ask for, and tells whether r was a
// preflight, which is answered by them alone, before any authentication.
func crossOrigin(h http.Header, r *http.Request) (preflight bool) {
	h["Vary"] = varyOrigin
	preflight = r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	if preflight {
		h.Set("Content-Length", "0")
	}
	if r.Header.Get("Origin") == "" {
		return preflight
	}
	h["Access-Control-Allow-Origin"] = anyOrigin
	if preflight {
		h.Set("Access-Control-Allow-Headers", "accept, accept-encoding, authorization, content-type, dnt, origin, "+
			"user-agent, x-csrftoken, x-requested-with, x-api-key, x-user-key")
		h.Set("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT")
		h.Set("Access-Control-Max-Age", "86400")
	}
	return preflight
}

// Header values are shared between answers: as slices without spare room they
// cannot be grown in place.
var (
	varyOrigin = []string{"Origin"}
	anyOrigin  = []string{"*"}
	jsonType   = []string{"application/json; charset=utf-8"}
)
