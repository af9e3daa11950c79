package econtext

import (
	"net/http"
	"net/url"
	"strings"
)

// canonical returns r with one trailing slash cut off its path and one leading
// slash left, and with each segment of an unusually encoded path encoded the usual way, so that the
// router sees the same text however a client wrote it. An encoded slash stays
// within its segment. r itself is not changed.
func canonical(r *http.Request) *http.Request {
	target := *r.URL
	target.Path = cutSlash(cutLeadingSlashes(target.Path))
	if target.RawPath != "" {
		segments := strings.Split(cutSlash(cutLeadingSlashes(target.RawPath)), "/")
		for i, s := range segments {
			if plain, err := url.PathUnescape(s); err == nil {
				segments[i] = url.PathEscape(plain)
			}
		}
		target.RawPath = strings.Join(segments, "/")
	}
	c := *r
	c.URL = &target
	return &c
}

// cutSlash leaves "/" alone, which is a path by itself.
func cutSlash(path string) string {
	if len(path) > 1 {
		return strings.TrimSuffix(path, "/")
	}
	return path
}

// cutLeadingSlashes leaves one slash of those that a path begins with.
func cutLeadingSlashes(path string) string {
	for strings.HasPrefix(path, "//") {
		path = path[1:]
	}
	return path
}

// param returns a segment of the path, decoded once. The router gives what it
// matched: the encoded path if there is one, else the decoded one.
func (c *call) param(name string) string {
	v := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return v
	}
	plain, err := url.PathUnescape(v)
	if err != nil {
		return v
	}
	return plain
}
