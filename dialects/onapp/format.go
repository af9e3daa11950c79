package onapp

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/rack"
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
// by the query's parameter format, else by Accept. Doubled and trailing slashes are removed.
// See REFERENCE.md, "URL and format".
func splitPath(r *http.Request) (path string, f format) {
	path, suffix := cutSuffix(r)
	if suffix != "" {
		return path, formatNamed(suffix)
	}
	if strings.Contains(r.URL.RawQuery, "format") {
		query, _ := rack.ParseQuery(r.URL.RawQuery, wire.Limits{}.WithDefaults())
		if v, ok := query.Get("format"); ok {
			return path, formatNamed(v.Text())
		}
	}
	return path, acceptedFormat(r.Header)
}

// cutSuffix returns the path without its suffix, and the suffix without its dot.
func cutSuffix(r *http.Request) (path, suffix string) {
	path = squeeze(pathOf(r.URL))
	dot := strings.LastIndexByte(path, '.')
	if dot <= strings.LastIndexByte(path, '/') {
		return path, ""
	}
	return path[:dot], path[dot+1:]
}

func formatNamed(name string) format {
	switch name {
	case "json":
		return formatJSON
	case "xml":
		return formatXML
	}
	return formatNone
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

// acceptedFormat reads Accept. What takes HTML or everything gets the web panel, which is not
// offered.
func acceptedFormat(h http.Header) format {
	for _, kind := range rack.Accepted(h) {
		switch kind {
		case "application/json", "text/x-json", "application/jsonrequest":
			return formatJSON
		case "application/xml", "text/xml", "application/x-xml":
			return formatXML
		case rack.Any, "text/html", "application/xhtml+xml":
			return formatNone
		}
	}
	return formatNone
}
