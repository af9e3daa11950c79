package rack

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Any is the media range that takes everything.
const Any = "*/*"

// browserList finds a list with a wild card in it, which only a browser sends.
var browserList = regexp.MustCompile(`,\s*\*/\*|\*/\*\s*,`)

// Accepted returns the media types that a request accepts, in lower case, the best first; nil if it takes what a
// browser does: it has no Accept header, or one with a wild card in a list and is not of a script. A script's
// request without the header takes the type that it sends.
func Accepted(h http.Header) []string {
	accept := strings.TrimSpace(strings.Join(h.Values("Accept"), ", "))
	switch {
	case accept == "" && IsXHR(h):
		if kind := MediaType(h.Get("Content-Type")); kind != "" {
			return []string{kind}
		}
		return nil
	case accept == "", !IsXHR(h) && browserList.MatchString(accept):
		return nil
	}
	return sortedTypes(accept)
}

// sortedTypes returns the types of a header by their quality, and those of one quality as they come. A wild card
// without a quality has none.
func sortedTypes(accept string) []string {
	type item struct {
		kind    string
		quality int // in hundredths
	}
	var items []item
	for one := range strings.SplitSeq(accept, ",") {
		kind, params, _ := strings.Cut(one, ";")
		it := item{strings.ToLower(strings.TrimSpace(kind)), 100}
		if it.kind == Any {
			it.quality = 0
		}
		if q, ok := quality(params); ok {
			it.quality = q
		}
		if it.kind != "" {
			items = append(items, it)
		}
	}
	slices.SortStableFunc(items, func(a, b item) int { return b.quality - a.quality })
	kinds := make([]string, len(items))
	for i, it := range items {
		kinds[i] = it.kind
	}
	return kinds
}

// quality reads the parameter q, in hundredths. Text that is not a number is zero.
func quality(params string) (hundredths int, ok bool) {
	for p := range strings.SplitSeq(params, ";") {
		if text, found := strings.CutPrefix(strings.TrimSpace(p), "q="); found {
			q, err := strconv.ParseFloat(strings.Trim(text, `" `), 64)
			if err != nil || !(q >= 0 && q <= 1) {
				q = 0
			}
			return int(q * 100), true
		}
	}
	return 0, false
}
