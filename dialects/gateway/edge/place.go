package edge

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// Mount is a path below which a dialect has all its paths.
type Mount struct {
	// Prefix has a leading slash and no trailing one.
	Prefix  string
	Dialect dialects.Dialect
}

// place returns the dialect that answers r, and r as that dialect knows it. On a host
// name of its own a dialect has every path; elsewhere it has those below its mount, and
// those that it owns.
func (h *Handler) place(r *http.Request) (dialects.Dialect, *http.Request) {
	if d := h.ofHost(r); d != nil {
		return d, r
	}
	for _, m := range h.cfg.Mounts {
		if rest, ok := strings.CutPrefix(r.URL.Path, m.Prefix); ok && (rest == "" || rest[0] == '/') {
			return m.Dialect, Below(r, m.Prefix)
		}
	}
	return h.cfg.Dialects.For(r.URL.Path), r
}

// ofHost returns the dialect that the host name belongs to; nil if it is none's.
func (h *Handler) ofHost(r *http.Request) dialects.Dialect {
	if len(h.cfg.Hosts) == 0 {
		return nil
	}
	return h.cfg.Hosts[HostName(r.Host)]
}

// HostName returns a Host header's name as hosts are compared: without port, brackets
// and the dot of a full name, in lower case.
func HostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// Below returns r without the prefix of its path, which links in the answer begin with.
func Below(r *http.Request, prefix string) *http.Request {
	r = r.WithContext(dialects.WithPathPrefix(r.Context(), dialects.PathPrefix(r)+prefix))
	u := *r.URL
	r.URL = &u
	u.Path = withSlash(strings.TrimPrefix(u.Path, prefix))
	raw, written := strings.CutPrefix(u.RawPath, prefix)
	if u.RawPath = ""; written {
		u.RawPath = withSlash(raw)
	}
	if raw, written := strings.CutPrefix(r.RequestURI, prefix); written {
		r.RequestURI = withSlash(raw)
	}
	return r
}

func withSlash(path string) string {
	if path == "" || path[0] != '/' {
		return "/" + path
	}
	return path
}

// IsPrefix reports whether a path can be a mount's or a proxy's prefix: some segments of
// characters that are the same in a path, a link and a header.
func IsPrefix(path string) bool {
	u, err := url.Parse(path)
	if err != nil || u.Path != path || len(path) < 2 || path[0] != '/' {
		return false
	}
	for _, segment := range strings.Split(path[1:], "/") {
		if segment == "" || segment == "." || segment == ".." || strings.Trim(segment, prefixCharacters) != "" {
			return false
		}
	}
	return true
}

const prefixCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
