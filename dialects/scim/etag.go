package scim

import (
	"net/http"
	"strings"
)

// checkVersion fails if the request is for another version of the resource.
func (c *call) checkVersion(version string) error {
	if want := c.r.Header.Values("If-Match"); len(want) > 0 && !hasTag(want, version) {
		return &failure{status: http.StatusPreconditionFailed, detail: textVersion}
	}
	return nil
}

// unlessCached answers 304 if the client has the version.
func (c *call) unlessCached(r *reply) *reply {
	if hasTag(c.r.Header.Values("If-None-Match"), r.etag) {
		return &reply{status: http.StatusNotModified, etag: r.etag}
	}
	return r
}

// hasTag reports whether a list of tags has the version or is "*". The comparison is
// weak, also for If-Match: no weak tag could match otherwise.
func hasTag(headers []string, version string) bool {
	for _, tag := range strings.Split(strings.Join(headers, ","), ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(version, "W/") {
			return true
		}
	}
	return false
}
