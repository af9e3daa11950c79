package onapp

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// format is the form of an answer. The body's type plays no part in it.
type format uint8

const (
	formatNone format = iota // the client asked for something that is not offered
	formatJSON
	formatXML
)

// splitPath cuts the suffix off a path and says what form of answer was asked for: by the suffix, else by Accept.
// Doubled and trailing slashes do not count. source: vendor reference, URL and format.
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

// pathOf is the path, decoded. One with a slash that is encoded stays as it came, so that the slash is part of a name
// here too, as for a proxy that lets some paths through and others not.
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

// acceptedFormat reads Accept, where a wild card stands for the web panel, which is not offered.
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

// emitter starts an answer in that form; JSON where none was asked for.
func (d *Dialect) emitter(f format) stream {
	if f == formatXML {
		return railsxml.NewXML(railsxml.XMLOptions{TimeType: d.timeType}).(stream)
	}
	return railsxml.NewJSON(railsxml.JSONOptions{Time: d.version.jsonTime()}).(stream)
}
