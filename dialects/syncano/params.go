package syncano

import (
	"net/url"
	"strings"
)

// params is the query string, parsed when first asked for.
type params struct {
	values url.Values
}

// setFilter reads ?fields= and ?excluded_fields=, which only a GET heeds.
func (k *call) setFilter() {
	if k.req.URL.RawQuery == "" || k.method != "GET" && k.method != "HEAD" {
		return
	}
	q := k.query()
	f := memberFilter{only: names(q["fields"]), drop: names(q["excluded_fields"])}
	if f.only != nil || f.drop != nil {
		k.out.filter = &f
	}
}

// names splits the last value at its commas; nil when there is none.
func names(values []string) []string {
	if len(values) == 0 || values[len(values)-1] == "" {
		return nil
	}
	list := strings.Split(values[len(values)-1], ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
