package wire

import (
	"net/http"
	"net/url"
	"strings"
)

// IsCrossSite reports whether a browser sends the request for a page of another
// origin, whatever its method. Clients that are not browsers send no headers that say
// so. Of a browser that sends neither Origin nor Sec-Fetch-Site, as some do with a GET
// and most without TLS, a Referer of another host says so.
func IsCrossSite(r *http.Request) bool {
	if len(r.Header["Origin"]) == 0 && len(r.Header["Sec-Fetch-Site"]) == 0 {
		return refersElsewhere(r)
	}
	asked := r.WithContext(r.Context())
	asked.Method = http.MethodPost // a GET that changes something is checked too
	var protection http.CrossOriginProtection
	return protection.Check(asked) != nil
}

// refersElsewhere reports whether the Referer is a URL of another host.
func refersElsewhere(r *http.Request) bool {
	for _, text := range r.Header["Referer"] {
		if u, err := url.Parse(text); err == nil && u.Host != "" && !strings.EqualFold(u.Host, r.Host) {
			return true
		}
	}
	return false
}
