package onapp

import (
	"math"
	"net/http"
	"strconv"
	"strings"
)

// page is the part of a list that was asked for. Without page and per_page there is none, and the
// list is whole.
// See REFERENCE.md, "Pagination".
type page struct {
	number, size int
	total        int
}

// defaultPageSize is the size of a page when only its number is given.
const defaultPageSize = 10

// readPage reads page and per_page; nil if both are absent or blank.
func (c *call) readPage() *page {
	number, size := c.top("page").Text(), c.top("per_page").Text()
	if strings.TrimSpace(number) == "" && strings.TrimSpace(size) == "" {
		return nil
	}
	return &page{number: positiveOr(number, 1), size: positiveOr(size, defaultPageSize)}
}

func positiveOr(text string, fallback int) int {
	n, ok := castInt(text)
	if !ok || n < 1 || n > math.MaxInt32 {
		return fallback
	}
	return int(n)
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
	p.total = len(all)
	from := min(p.offset(), len(all))
	return all[from:min(from+p.size, len(all))]
}
