package syncano

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// output is the answer being written. With a filter it leaves out the members
// that the request did not want, at every depth.
type output struct {
	*wire.Enc
	filter *memberFilter
}

// memberFilter is what ?fields= and ?excluded_fields= ask for.
type memberFilter struct {
	only, drop []string
}

func (f *memberFilter) keeps(name string) bool {
	return (f.only == nil || slices.Contains(f.only, name)) && !slices.Contains(f.drop, name)
}

// want writes the member's name and tells whether its value is to follow.
func (o *output) want(name string) bool {
	if o.filter != nil && !o.filter.keeps(name) {
		return false
	}
	o.Key(name)
	return true
}

// style is compact unless the Accept header asks for indentation.
func (k *call) style() wire.Style {
	for _, accept := range k.req.Header["Accept"] {
		_, rest, found := strings.Cut(accept, "indent=")
		if !found {
			continue
		}
		digits, _, _ := strings.Cut(rest, ",")
		n, err := strconv.Atoi(strings.TrimSpace(digits))
		if err == nil && n > 0 {
			return wire.Compact().Indented(min(n, 8))
		}
	}
	return wire.Compact()
}

// acceptsJSON tells whether the Accept header allows application/json.
func acceptsJSON(headers []string) bool {
	said := false
	for _, header := range headers {
		for header != "" {
			var one string
			one, header, _ = strings.Cut(header, ",")
			kind := wire.MediaType(one)
			if kind == "" {
				continue
			}
			said = true
			if kind == "*/*" || kind == "application/*" || kind == "application/json" {
				return true
			}
		}
	}
	return !said
}
