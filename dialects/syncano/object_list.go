package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/django"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// listObjects lists a class's objects in the order of their ids, or of a field.
func listObjects(c *call) (reply, error) {
	p, err := c.readPage()
	if err != nil {
		return reply{}, err
	}
	order, err := query.ReadOrder(c.query(), p, c.class)
	if err != nil {
		return reply{}, err
	}
	s := &objectScan{}
	err = c.view(func(tx *core.Tx) error {
		if s.match, err = c.readQuery(tx, c.class, query.ObjectFields()); err != nil {
			return err
		}
		s.loader, err = newLoader(c, tx)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	objects, err := objectPage(c, p, order, s.chunk)
	if err != nil {
		return reply{}, err
	}
	count, err := listCount(c, func(tx *core.Tx) (int64, error) { return countObjects(tx, c.class) })
	if err != nil {
		return reply{}, err
	}
	first, last := cursors(order, objects)
	return showPageAt(c, p, len(objects), objectShape, first, last, count, func(e *encoder, i int) { e.object(objects[i]) })
}

// cursors returns the parameters that make the ends of a page cursors.
func cursors(order *query.Order, page []*dataObject) (first, last string) {
	if n := len(page); n > 0 {
		first, last = order.Cursor(page[0]), order.Cursor(page[n-1])
	}
	return first, last
}

// objectPage reads a page of objects. Each chunk is a separate view, so that a
// long scan does not hold one.
func objectPage(c *call, p *query.Page, order *query.Order, read func(*core.Tx, query.Range) (query.Chunk[*dataObject], error)) ([]*dataObject, error) {
	next := func(at query.Range) (chunk query.Chunk[*dataObject], err error) {
		err = c.view(func(tx *core.Tx) error {
			chunk, err = read(tx, at)
			return err
		})
		return chunk, err
	}
	return query.OrderedPage(query.Scanner[*dataObject]{Next: inTurn(c, next), CheckTime: c.checkTime}, p, order)
}

// readQuery reads all ?query= parameters.
func (c *call) readQuery(tx *core.Tx, of *schema.Class, builtins []query.Builtin) (*query.Matcher, error) {
	known := map[string]*rights{}
	load := func(tx *core.Tx, class *schema.Class, ids []int64, users bool) ([]query.Object, error) {
		r := known[class.Name()]
		if r == nil {
			found, err := rightsOn(c, tx, class)
			if err != nil {
				return nil, err
			}
			r = &found
			known[class.Name()] = r
		}
		return loadTargets(c, tx, class, ids, users, r)
	}
	r := query.Reader{Realm: c.instance.Realm, Limits: c.d.cfg.Body, Load: load, CheckTime: c.checkTime}
	return r.Read(tx, of, builtins, c.query()["query"])
}

// loadTargets loads what references of objects point at, as far as the caller may read it: a
// condition on what one may not read would tell its values, letter by letter. See query.Reader.
func loadTargets(c *call, tx *core.Tx, of *schema.Class, ids []int64, users bool, r *rights) ([]query.Object, error) {
	q := core.RecordQuery{Realm: c.instance.Realm, Kind: schema.ObjectKind(of.Name()), IDs: ids}
	if users {
		q.IDs, q.Owners = nil, ids
	}
	rows, err := tx.Records(q)
	if err != nil {
		return nil, err
	}
	l := &loader{k: c, class: of}
	objects, err := l.load(tx, rows)
	targets := make([]query.Object, 0, len(objects))
	for _, o := range objects {
		if r.of(o) < rightRead {
			continue
		}
		o.byUser = users
		targets = append(targets, o)
	}
	return targets, err
}

// listCount counts the objects of the whole list, if the request asks for it.
func listCount(c *call, count func(*core.Tx) (int64, error)) (n int64, err error) {
	if wanted, _ := django.Bool(c.query().Get("include_count")); !wanted {
		return noCount, nil
	}
	err = c.view(func(tx *core.Tx) error {
		n, err = count(tx)
		return err
	})
	return n, err
}

// objectScan reads a class's objects in the order of their ids and keeps those
// that the caller may read and the query matches.
type objectScan struct {
	*loader
	match *query.Matcher
}

func (s *objectScan) chunk(tx *core.Tx, at query.Range) (chunk query.Chunk[*dataObject], err error) {
	q := core.RecordQuery{Realm: s.k.instance.Realm, Kind: schema.ObjectKind(s.class.Name()),
		IDs: s.match.Narrow().IDs, AfterID: at.After, BeforeID: at.Before, Desc: at.Desc, Limit: at.Limit}
	if s.class.IsProfile() {
		q.Owners = s.match.Narrow().Owners
	}
	rows, err := tx.Records(q)
	if err != nil {
		return chunk, err
	}
	if chunk.Read = len(rows); chunk.Read > 0 {
		chunk.Last = rows[len(rows)-1].ID
	}
	objects, err := s.load(tx, rows)
	if err == nil {
		chunk.Found, err = s.rights.matching(tx, objects, s.match)
	}
	return chunk, err
}

// matching returns those objects that the caller may read and the query matches.
func (r *rights) matching(tx *core.Tx, objects []*dataObject, match *query.Matcher) (found []*dataObject, err error) {
	for _, o := range objects {
		if r.of(o) < rightRead {
			continue
		}
		ok, err := match.Matches(tx, o)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, o)
		}
	}
	return found, nil
}

// ListID implements [query.Object].
func (o *dataObject) ListID() int64 {
	if o.byUser {
		return o.owner
	}
	return o.row.ID
}

// Stored implements [query.Object].
func (o *dataObject) Stored(name string) (string, bool) { return o.values.Get(name) }

// Builtin implements [query.Object].
func (o *dataObject) Builtin(name string) query.Operand {
	switch name {
	case "id":
		return query.Number(o.ListID())
	case "created_at":
		return query.Time(o.row.CreatedAt)
	case "updated_at":
		return query.Time(o.row.UpdatedAt)
	case "revision":
		return query.Number(o.body.Revision)
	case "owner":
		return query.ID(o.owner)
	case "group":
		return query.ID(o.group)
	case "channel":
		return query.TextOrNull(o.body.Channel)
	case "channel_room":
		return query.TextOrNull(o.body.Room)
	}
	return query.Text(core.Fold(o.user.Username))
}

// queryAnswer is the answer to a fault of a list's parameters.
func queryAnswer(e *query.Error) *answerError {
	a := &answerError{status: http.StatusBadRequest, text: e.Message}
	switch e.Place {
	case query.Query:
		a.key = "query"
	case query.List:
		a.key = "detail"
	}
	return a
}
