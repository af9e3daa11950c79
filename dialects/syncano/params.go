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
	f := memberFilter{only: names(q.Get("fields")), drop: names(q.Get("excluded_fields"))}
	if f.only != nil || f.drop != nil {
		k.out.filter = &f
	}
}

// names splits at commas; nil when there is none.
func names(given string) []string {
	if given == "" {
		return nil
	}
	list := strings.Split(given, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
