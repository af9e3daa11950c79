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

// inTurn returns next with turns: the first chunk of a scan is read at once, and the others
// take turns with those of other clients.
func inTurn[R any](c *call, next func(query.Range) (query.Chunk[R], error)) func(query.Range) (query.Chunk[R], error) {
	isFirst := true
	return func(at query.Range) (chunk query.Chunk[R], err error) {
		if isFirst {
			isFirst = false
			return next(at)
		}
		asked := time.Now()
		err = c.d.turns.TakeByAddress(c.writer(), c.req, func() (err error) {
			if !c.deadline.IsZero() {
				c.deadline = c.deadline.Add(time.Since(asked)) // waiting is not scanning
			}
			chunk, err = next(at)
			return err
		})
		return chunk, err
	}
}

// checkTime fails when the request has scanned for longer than it may. Its first
// call starts the time; the parts of a batch share theirs.
func (c *call) checkTime() error {
	now := time.Now()
	if c.deadline.IsZero() {
		c.deadline = now.Add(c.d.cfg.QueryTime)
		if whole, ok := c.req.Context().Value(inBatch{}).(*batchBounds); ok && whole.end.Before(c.deadline) {
			c.deadline = whole.end
		}
	}
	if now.After(c.deadline) {
		return errTooSlow
	}
	return nil
}

// showPage answers with a page of n objects: id is an object's place in the list,
// write writes it.
func showPage(c *call, p *query.Page, n int, of *shape, id func(int) int64, write func(*encoder, int)) (reply, error) {
	var first, last string
	if n > 0 {
		first, last = decimal(id(0)), decimal(id(n-1))
	}
	return showPageAt(c, p, n, of, "last_pk="+first, "last_pk="+last, noCount, write)
}

// noCount is the count of a list that does not show one.
const noCount = -1

// showPageAt is showPage with the parameters that make the page's ends cursors,
// and the count of the whole list or noCount.
func showPageAt(c *call, p *query.Page, n int, of *shape, first, last string, count int64, write func(*encoder, int)) (reply, error) {
	next, prev := p.Links(n, first, last)
	path := c.enc.mount + strings.ToLower(c.req.URL.Path)
	return show(listOf(of), func(e *encoder) {
		e.Obj().Key("next")
		e.pageLink(path, p, next)
		e.Key("prev")
		e.pageLink(path, p, prev)
		e.Key("objects").Arr()
		for i := 0; i < n && !e.tooLarge; i++ {
			write(e, i)
			e.checkSize()
		}
		e.End()
		if count != noCount {
			e.Key("objects_count").Int(count)
		}
		e.End()
	})
}

func (e *encoder) pageLink(link string, p *query.Page, cursor string) {
	if cursor == query.NoLink {
		e.Null()
		return
	}
	sign := "?"
	for _, part := range []string{p.Repeat, cursor} {
		if part != "" {
			link += sign + part
			sign = "&"
		}
	}
	e.Str(link)
}
