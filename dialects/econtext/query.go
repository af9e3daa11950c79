package econtext

import (
	"math"
	"net/url"
	"strconv"
	"strings"
)

// params are the query of a request. An empty value counts as absent, and of
// repeated ones the last counts.
type params url.Values

func (k *call) query() params {
	if k.Request().URL.RawQuery == "" {
		return nil
	}
	return params(k.QueryParams())
}

func (p params) get(name string) string {
	all := p[name]
	for i := len(all) - 1; i >= 0; i-- {
		if all[i] != "" {
			return all[i]
		}
	}
	return ""
}

// number is a count; 0 if it is absent. A number too large to count is as good as any large one.
func (p params) number(name string) (int, error) {
	text := strings.TrimSpace(p.get(name))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if e, ok := err.(*strconv.NumError); ok && e.Err != strconv.ErrRange {
		return 0, invalid(name, "The value must be an integer.")
	}
	if n < 0 {
		return 0, invalid(name, "The value must not be negative.")
	}
	return int(min(n, math.MaxInt32)), nil
}
