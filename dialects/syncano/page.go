package syncano

import (
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
)

// readPage reads the parameters that all lists have.
func (c *call) readPage() (*query.Page, error) { return query.ReadPage(c.query()) }

// page reads the parameters of a list that is ordered by id.
func (c *call) page() (*query.Page, error) { return query.ReadIDPage(c.query()) }

// scanPage reads a page, within one view, of the rows that keep returns true for.
func scanPage[R any](c *call, p *query.Page, list func(query.Range) ([]R, error), id func(R) int64, keep func(R) bool) ([]R, error) {
	next := func(at query.Range) (chunk query.Chunk[R], err error) {
		rows, err := list(at)
		chunk.Read = len(rows)
		for _, row := range rows {
			chunk.Last = id(row)
			if keep(row) {
				chunk.Found = append(chunk.Found, row)
			}
		}
		return chunk, err
	}
	return query.Scanner[R]{Next: next, CheckTime: c.checkTime}.Page(p)
}

// checkTime fails when the request has scanned for longer than it may. Its first
// call starts the time; the parts of a batch share theirs.
func (c *call) checkTime() error {
	now := time.Now()
	if c.deadline.IsZero() {
		c.deadline = now.Add(c.d.cfg.QueryTime)
		if whole, ok := c.req.Context().Value(inBatch{}).(time.Time); ok && whole.Before(c.deadline) {
			c.deadline = whole
		}
	}
	if now.After(c.deadline) {
		return errTooSlow
	}
	return nil
}

// writePage writes the envelope around n objects: id returns an object's place in
// the list, write writes it.
func (c *call) writePage(p *query.Page, n int, id func(int) int64, write func(int)) {
	c.setFilter()
	var first, last string
	if n > 0 {
		first, last = decimal(id(0)), decimal(id(n-1))
	}
	c.startPage(p, n, "last_pk="+first, "last_pk="+last)
	for i := range n {
		write(i)
	}
	c.endPage(noCount)
}

// startPage writes an envelope up to its objects. first and last are the
// parameters that make the page's ends into cursors.
func (c *call) startPage(p *query.Page, n int, first, last string) {
	next, prev := p.Links(n, first, last)
	c.out.Obj()
	c.pageLink("next", p, next)
	c.pageLink("prev", p, prev)
	c.out.Key("objects").Arr()
}

func (c *call) pageLink(name string, p *query.Page, cursor string) {
	c.out.Key(name)
	if cursor == query.NoLink {
		c.out.Null()
		return
	}
	link := strings.ToLower(c.req.URL.Path)
	sign := "?"
	for _, part := range []string{p.Repeat, cursor} {
		if part != "" {
			link += sign + part
			sign = "&"
		}
	}
	c.out.Str(link)
}

// noCount is the count of a list that does not show one.
const noCount = -1

// endPage ends an envelope, with the count if there is one.
func (c *call) endPage(count int64) {
	c.out.End()
	if count != noCount {
		c.out.Key("objects_count").Int(count)
	}
	c.out.End()
}
