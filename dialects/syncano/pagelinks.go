package syncano

import "strings"

// writePage writes the envelope around n objects: id tells an object's place in
// the list, write writes it.
func (k *call) writePage(p *page, n int, id func(int) int64, write func(int)) {
	k.setFilter()
	var first, last string
	if n > 0 {
		first, last = decimal(id(0)), decimal(id(n-1))
	}
	k.startPage(p, n, "last_pk="+first, "last_pk="+last)
	for i := range n {
		write(i)
	}
	k.out.End().End()
}

// startPage writes an envelope up to its objects. first and last are the
// parameters that make the page's ends into cursors.
func (k *call) startPage(p *page, n int, first, last string) {
	next, prev := p.links(n, first, last)
	k.out.Obj()
	k.pageLink("next", p, next)
	k.pageLink("prev", p, prev)
	k.out.Key("objects").Arr()
}

// noLink is a missing link, as "" is one without a cursor.
const noLink = "-"

// links returns the cursors of the next and the previous page. A full page
// always has a next one, even if nothing follows.
func (p *page) links(n int, first, last string) (next, prev string) {
	next, prev = noLink, noLink
	if p.size == 0 {
		return next, prev
	}
	full := n == p.size
	if full {
		next = "direction=1&" + last
	}
	switch p.cursor.direction {
	case forward:
		prev = "direction=0"
		if n > 0 {
			prev += "&" + first
		}
	case backward:
		if full {
			prev = "direction=0&" + first
		} else {
			next = ""
		}
	}
	return next, prev
}

func (k *call) pageLink(name string, p *page, cursor string) {
	k.out.Key(name)
	if cursor == noLink {
		k.out.Null()
		return
	}
	link := strings.ToLower(k.req.URL.Path)
	sign := "?"
	for _, part := range []string{p.repeat, cursor} {
		if part != "" {
			link += sign + part
			sign = "&"
		}
	}
	k.out.Str(link)
}
