package query

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// maxPage is the largest page, and the default.
const maxPage = 100

// maxPK is the largest id that a cursor may name.
const maxPK = 1<<31 - 1

// Page is the part of a list that a request asks for.
type Page struct {
	// Repeat is the parameters, as given, that the links to other pages repeat.
	Repeat string

	size   int
	desc   bool // the order that the client sees
	cursor cursor
}

// cursor is the parameters direction and last_pk: where the page begins or ends.
type cursor struct {
	direction direction
	pk        int64
	hasPK     bool
}

type direction uint8

const (
	firstPage direction = iota
	forward
	backward
)

// ReadPage reads the parameters that all lists have. It fails with an *Error.
func ReadPage(q url.Values) (*Page, error) {
	p := &Page{size: maxPage}
	if q.Has("page_size") {
		n, err := strconv.Atoi(strings.TrimSpace(q.Get("page_size")))
		if err != nil && !errors.Is(err, strconv.ErrRange) || n < 0 {
			return nil, errWrongPage
		}
		p.size = min(n, maxPage)
		p.repeat("page_size", q.Get("page_size"))
	}
	return p, p.cursor.read(q)
}

// ReadIDPage reads the parameters of a list that is ordered by id, either way. It
// fails with an *Error.
func ReadIDPage(q url.Values) (*Page, error) {
	p, err := ReadPage(q)
	if err == nil && q.Has("ordering") {
		p.desc = strings.EqualFold(q.Get("ordering"), "desc")
		p.repeat("ordering", q.Get("ordering"))
	}
	return p, err
}

func (c *cursor) read(q url.Values) error {
	if !q.Has("direction") {
		return nil
	}
	switch strings.TrimSpace(q.Get("direction")) {
	case "1":
		c.direction = forward
	case "0":
		c.direction = backward
	default:
		return errWrongPage
	}
	if !q.Has("last_pk") {
		return nil
	}
	pk, err := strconv.ParseInt(strings.TrimSpace(q.Get("last_pk")), 10, 64)
	if err != nil || pk < 0 || pk > maxPK {
		return errWrongPage
	}
	c.pk, c.hasPK = pk, true
	return nil
}

func (p *Page) repeat(name, value string) {
	if p.Repeat != "" {
		p.Repeat += "&"
	}
	p.Repeat += name + "=" + url.QueryEscape(value)
}

// reversed reports whether rows are read in the opposite order of the one that
// the client sees: a backward page ends at its cursor.
func (p *Page) reversed() bool { return p.cursor.direction == backward }

// Range is a part of a list in the order of ids.
type Range struct {
	After, Before int64 // exclusive; 0: no bound
	Desc          bool
	Limit         int
}

// Range returns the rows of the page, if every row belongs in the list.
func (p *Page) Range() Range {
	r := Range{Desc: p.desc != p.reversed(), Limit: p.size}
	switch {
	case !p.cursor.hasPK:
	case r.Desc:
		r.Before = max(p.cursor.pk, 1) // before the first id; 0 would be no bound
	default:
		r.After = p.cursor.pk
	}
	return r
}

// Contains reports whether a row with that id is on the page, if it is the only one.
func (p *Page) Contains(id int64) bool {
	r := p.Range()
	return p.size > 0 && id > r.After && (r.Before == 0 || id < r.Before)
}

// Users lists the users of the page.
func (p *Page) Users(tx *core.Tx, q core.UserQuery) ([]*core.User, error) {
	r := p.Range()
	q.AfterID, q.BeforeID, q.Desc, q.Limit = r.After, r.Before, r.Desc, r.Limit
	return list(p, q, tx.Users)
}

// Records lists the records of the page.
func (p *Page) Records(tx *core.Tx, q core.RecordQuery) ([]*core.Record, error) {
	r := p.Range()
	q.AfterID, q.BeforeID, q.Desc, q.Limit = r.After, r.Before, r.Desc, r.Limit
	return list(p, q, tx.Records)
}

// Groups lists the groups of the page.
func (p *Page) Groups(tx *core.Tx, q core.GroupQuery) ([]*core.Group, error) {
	r := p.Range()
	q.AfterID, q.BeforeID, q.Desc, q.Limit = r.After, r.Before, r.Desc, r.Limit
	return list(p, q, tx.Groups)
}

// Memberships lists the memberships of the page.
func (p *Page) Memberships(tx *core.Tx, q core.MembershipQuery) ([]core.Membership, error) {
	r := p.Range()
	q.AfterID, q.BeforeID, q.Desc, q.Limit = r.After, r.Before, r.Desc, r.Limit
	return list(p, q, tx.Memberships)
}

func list[Q, R any](p *Page, q Q, query func(Q) ([]R, error)) ([]R, error) {
	if p.size == 0 {
		return nil, nil
	}
	rows, err := query(q)
	if p.reversed() {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	return rows, err
}

// NoLink is a missing link, as "" is a link without a cursor.
const NoLink = "-"

// Links returns the parameters of the next and the previous page, of a page with
// n rows. first and last are the parameters that make its ends into cursors. A
// full page always has a next one, even if nothing follows.
func (p *Page) Links(n int, first, last string) (next, prev string) {
	next, prev = NoLink, NoLink
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
