package wire

import "net/http"

// IsCrossSite reports whether a browser sends the request for a page of another
// origin, whatever its method. Clients that are not browsers send no headers that say
// so.
func IsCrossSite(r *http.Request) bool {
	if len(r.Header["Origin"]) == 0 && len(r.Header["Sec-Fetch-Site"]) == 0 {
		return false
	}
	asked := r.WithContext(r.Context())
	asked.Method = http.MethodPost // a GET that changes something is checked too
	var protection http.CrossOriginProtection
	return protection.Check(asked) != nil
}
