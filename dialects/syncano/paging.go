package syncano

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// maxPage is the largest page, and the one that is given when none is asked for.
const maxPage = 100

// maxPK is the largest id a cursor may name.
const maxPK = 1<<31 - 1

// page is the part of a list that is asked for.
type page struct {
	size   int
	desc   bool   // the order that the client sees
	cursor cursor // where the page begins or ends
	repeat string // the parameters that links repeat, as given
	// after and before are the exclusive bounds of the ids, for the store.
	after, before int64
}

// cursor is the parameters direction and last_pk.
type cursor struct {
	direction direction
	pk        int64
	hasPK     bool
}

type direction int8

const (
	firstPage direction = iota
	forward
	backward
)

// readPage reads the parameters that all lists share.
func (k *call) readPage() (*page, error) {
	q := k.query()
	p := &page{size: maxPage}
	if q.Has("page_size") {
		n, err := strconv.Atoi(strings.TrimSpace(q.Get("page_size")))
		if err != nil && !errors.Is(err, strconv.ErrRange) || n < 0 {
			return nil, errWrongPage
		}
		p.size = min(n, maxPage)
		p.repeatParam("page_size", q.Get("page_size"))
	}
	var err error
	p.cursor, err = readCursor(q)
	return p, err
}

// page reads the parameters of a list that is ordered by id.
func (k *call) page() (*page, error) {
	p, err := k.readPage()
	if err != nil {
		return nil, err
	}
	if q := k.query(); q.Has("ordering") {
		p.desc = strings.EqualFold(q.Get("ordering"), "desc")
		p.repeatParam("ordering", q.Get("ordering"))
	}
	p.bound()
	return p, nil
}

func readCursor(q url.Values) (cursor, error) {
	var c cursor
	if !q.Has("direction") {
		return c, nil
	}
	switch strings.TrimSpace(q.Get("direction")) {
	case "1":
		c.direction = forward
	case "0":
		c.direction = backward
	default:
		return c, errWrongPage
	}
	if !q.Has("last_pk") {
		return c, nil
	}
	pk, err := strconv.ParseInt(strings.TrimSpace(q.Get("last_pk")), 10, 64)
	if err != nil || pk < 0 || pk > maxPK {
		return c, errWrongPage
	}
	c.pk, c.hasPK = pk, true
	return c, nil
}

func (p *page) repeatParam(name, value string) {
	if p.repeat != "" {
		p.repeat += "&"
	}
	p.repeat += name + "=" + url.QueryEscape(value)
}

// reversed tells whether the rows come from the store in the opposite order of
// the one the client sees: a backward page ends at its cursor.
func (p *page) reversed() bool { return p.cursor.direction == backward }

// queryDesc is the order in which the store has to go.
func (p *page) queryDesc() bool { return p.desc != p.reversed() }

// bound turns the cursor into bounds of the id.
func (p *page) bound() {
	switch {
	case !p.cursor.hasPK:
	case p.queryDesc():
		p.before = max(p.cursor.pk, 1) // nothing is before the first id; 0 would be no bound
	default:
		p.after = p.cursor.pk
	}
}

// users lists the people of the page.
func (p *page) users(tx *core.Tx, q core.UserQuery) ([]*core.User, error) {
	if p.size == 0 {
		return nil, nil
	}
	q.AfterID, q.BeforeID, q.Desc, q.Limit = p.after, p.before, p.queryDesc(), p.size
	return turned(p, q, tx.Users)
}

// records lists the records of the page.
func (p *page) records(tx *core.Tx, q core.RecordQuery) ([]*core.Record, error) {
	if p.size == 0 {
		return nil, nil
	}
	q.AfterID, q.BeforeID, q.Desc, q.Limit = p.after, p.before, p.queryDesc(), p.size
	return turned(p, q, tx.Records)
}

// groups lists the groups of the page.
func (p *page) groups(tx *core.Tx, q core.GroupQuery) ([]*core.Group, error) {
	if p.size == 0 {
		return nil, nil
	}
	q.AfterID, q.BeforeID, q.Desc, q.Limit = p.after, p.before, p.queryDesc(), p.size
	return turned(p, q, tx.Groups)
}

func turned[Q, R any](p *page, q Q, list func(Q) ([]R, error)) ([]R, error) {
	rows, err := list(q)
	if p.reversed() {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	return rows, err
}
