package onapp

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// format is the format of an answer. The type of the request's body does not matter.
type format uint8

const (
	formatNone format = iota // the client asked for one that is not offered
	formatJSON
	formatXML
)

// splitPath returns the path without its suffix and the format of the answer: by the suffix, else
// by Accept. Doubled and trailing slashes are removed. See REFERENCE.md, "URL and format".
func splitPath(r *http.Request) (path string, f format) {
	path = squeeze(pathOf(r.URL))
	dot := strings.LastIndexByte(path, '.')
	if dot <= strings.LastIndexByte(path, '/') {
		return path, acceptedFormat(r.Header)
	}
	switch path[dot:] {
	case ".json":
		return path[:dot], formatJSON
	case ".xml":
		return path[:dot], formatXML
	}
	return path[:dot], formatNone
}

// pathOf returns the decoded path. A path with an encoded slash is not decoded, so that the slash
// is part of a name here as it is for a proxy that filters by path.
func pathOf(u *url.URL) string {
	if strings.Contains(u.RawPath, "%2F") || strings.Contains(u.RawPath, "%2f") {
		return u.RawPath
	}
	return u.Path
}

func squeeze(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return path
}

// acceptedFormat reads Accept. A wild card means the web panel, which is not offered.
func acceptedFormat(h http.Header) format {
	accept := strings.Join(h.Values("Accept"), ",")
	if strings.Contains(accept, "*/*") {
		return formatNone
	}
	for _, part := range strings.Split(accept, ",") {
		switch wire.MediaType(part) {
		case "application/json", "text/x-json":
			return formatJSON
		case "application/xml", "text/xml", "application/x-xml":
			return formatXML
		}
	}
	return formatNone
}
