package onapp

import (
	"math"
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// page is the part of a list that was asked for. Without page and per_page there is none, and the
// list is whole. See REFERENCE.md, "Pagination".
type page struct {
	asked, askedSize    int // askedSize is 0 for every row
	number, size, total int // what is sent, once the total is known
}

// defaultPageSize is the size of a page when only its number is given.
const defaultPageSize = 10

// readPage reads page and per_page; nil if both are absent.
func (c *call) readPage() *page {
	number, size := c.top("page"), c.top("per_page")
	if number.IsNull() && size.IsNull() {
		return nil
	}
	p := &page{asked: max(1, pageNumber(number)), askedSize: defaultPageSize}
	if !size.IsNull() {
		p.askedSize = pageNumber(size)
	}
	return p
}

// pageNumber reads a number of 0 or more; 0 for anything else.
func pageNumber(v wire.Value) int {
	n, _ := castInt(v.Text())
	return int(max(0, min(n, math.MaxInt32)))
}

// setTotal sets how many rows there are. A page past the end becomes the last one. The size is never
// 0, since a client divides by it.
func (p *page) setTotal(total int) {
	p.total, p.size = total, p.askedSize
	if p.size == 0 {
		p.size = max(1, total)
	}
	p.number = min(p.asked, max(1, (total+p.size-1)/p.size))
}

// offset is how many items come before the page.
func (p *page) offset() int { return (p.number - 1) * p.size }

// writeHeaders sets all three headers: one client divides by the limit.
func (p *page) writeHeaders(h http.Header) {
	h["X-Total"] = []string{strconv.Itoa(p.total)}
	h["X-Limit"] = []string{strconv.Itoa(p.size)}
	h["X-Page"] = []string{strconv.Itoa(p.number)}
}

// cut returns the page of a list that is in memory, and sets the page's total.
func cut[T any](p *page, all []T) []T {
	if p == nil {
		return all
	}
	p.setTotal(len(all))
	from := min(p.offset(), len(all))
	return all[from:min(from+p.size, len(all))]
}
