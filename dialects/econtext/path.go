package econtext

import (
	"net/http"
	"net/url"
	"strings"
)

// canonical returns r with one trailing slash cut off its path, and with each
// segment of an unusually encoded path encoded the usual way, so that the
// router sees the same text however a client wrote it. An encoded slash stays
// within its segment. r itself is the edge's and is left alone.
func canonical(r *http.Request) *http.Request {
	path, raw := r.URL.Path, r.URL.RawPath
	if raw == "" && !strings.HasSuffix(path, "/") {
		return r
	}
	target := *r.URL
	target.Path = cutSlash(path)
	if raw != "" {
		target.RawPath = recoded(cutSlash(raw))
	}
	c := *r
	c.URL = &target
	return &c
}

// cutSlash leaves "/" itself, which is a path of its own.
func cutSlash(path string) string {
	if len(path) > 1 {
		return strings.TrimSuffix(path, "/")
	}
	return path
}

func recoded(raw string) string {
	segments := strings.Split(raw, "/")
	for i, s := range segments {
		if plain, err := url.PathUnescape(s); err == nil {
			segments[i] = url.PathEscape(plain)
		}
	}
	return strings.Join(segments, "/")
}

// param is a segment of the path, decoded once. The router hands over what it
// matched: the encoded path if there is one, else the decoded one.
func (k *call) param(name string) string {
	v := k.Param(name)
	if k.Request().URL.RawPath == "" {
		return v
	}
	plain, err := url.PathUnescape(v)
	if err != nil {
		return v
	}
	return plain
}
