package syncano

import (
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// listObjects lists a class's objects in the order of their ids, or of a field.
func listObjects(k *call, tx *core.Tx) error {
	p, err := k.readPage()
	if err != nil {
		return err
	}
	order, err := k.readOrder(p)
	if err != nil {
		return err
	}
	match, err := k.readQuery(tx, k.class, objectFields())
	if err != nil {
		return err
	}
	l, err := k.newLoader(tx)
	if err != nil {
		return err
	}
	s := objectScan{loader: l, tx: tx, match: match}
	var objects []dataObject
	if order == nil {
		p.bound()
		objects, err = s.byID(p)
	} else {
		objects, err = s.byField(p, order)
	}
	if err != nil {
		return err
	}
	return k.writeObjects(tx, p, order, objects)
}

func (k *call) writeObjects(tx *core.Tx, p *page, order *ordering, objects []dataObject) error {
	count := int64(-1)
	if truthy(k.query().Get("include_count")) {
		n, err := countObjects(tx, k.class)
		if err != nil {
			return err
		}
		count = n
	}
	k.setFilter()
	var first, last string
	if n := len(objects); n > 0 {
		first, last = order.cursor(&objects[0]), order.cursor(&objects[n-1])
	}
	k.startPage(p, len(objects), first, last)
	for i := range objects {
		k.writeObject(&objects[i])
	}
	k.out.End()
	if count >= 0 {
		k.out.Key("objects_count").Int(count)
	}
	k.out.End()
	return nil
}

func truthy(s string) bool {
	switch s {
	case "1", "t", "T", "true", "True", "TRUE":
		return true
	}
	return false
}

// objectScan walks a class's objects in the order of their ids and keeps those
// that the caller may read and the query wants.
type objectScan struct {
	*loader
	tx    *core.Tx
	match *matcher
}

func (s *objectScan) chunk(after, before int64, desc bool, limit int) ([]dataObject, []*core.Record, error) {
	q := core.RecordQuery{Realm: s.k.instance.Realm, Kind: objectKind(s.k.class.name()),
		IDs: s.match.narrow.ids, AfterID: after, BeforeID: before, Desc: desc, Limit: limit}
	if s.class.isProfile() {
		q.Owners = s.match.narrow.owners
	}
	rows, err := s.tx.Records(q)
	if err != nil {
		return nil, nil, err
	}
	objects, err := s.load(s.tx, rows)
	return objects, rows, err
}

// complete makes sure that the class has all its objects: people from other
// dialects get their profiles when they are looked for.
func (s *objectScan) complete() error {
	switch narrow := s.match.narrow; {
	case !s.class.isProfile() || narrow.ids != nil:
		return nil
	case narrow.owners != nil:
		return s.k.theseFurnished(s.tx, narrow.owners)
	}
	return s.k.allFurnished(s.tx)
}

func (s *objectScan) wants(o *dataObject) (bool, error) {
	if s.rights.of(o) < rightRead {
		return false, nil
	}
	return s.match.matches(s.tx, o)
}

// byID fills the page from the cursor on. The first chunk is as long as the page:
// where everything is wanted, that is all that is read.
func (s *objectScan) byID(p *page) (kept []dataObject, err error) {
	if p.size == 0 {
		return nil, nil
	}
	if p.queryDesc() {
		if err := s.complete(); err != nil {
			return nil, err
		}
	}
	deadline, limit := time.Now().Add(scanTime), p.size
	for after, before := p.after, p.before; ; limit = scanChunk {
		objects, rows, err := s.chunk(after, before, p.queryDesc(), limit)
		if err != nil {
			return nil, err
		}
		for i := range objects {
			ok, err := s.wants(&objects[i])
			if err != nil {
				return nil, err
			}
			if ok && len(kept) < p.size {
				kept = append(kept, objects[i])
			}
		}
		if len(kept) == p.size {
			break
		}
		if len(rows) < limit {
			if err := s.complete(); err != nil {
				return nil, err
			}
			break
		}
		if time.Now().After(deadline) {
			return nil, errTooSlow
		}
		if last := rows[len(rows)-1].ID; p.queryDesc() {
			before = last
		} else {
			after = last
		}
	}
	if p.reversed() {
		slices.Reverse(kept)
	}
	return kept, nil
}

// byField looks at all objects and keeps the page's best, never more.
func (s *objectScan) byField(p *page, order *ordering) ([]dataObject, error) {
	if p.size == 0 {
		return nil, nil
	}
	if err := s.complete(); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(scanTime)
	best := bestOf{order: order, page: p}
	for after := int64(0); ; {
		objects, rows, err := s.chunk(after, 0, false, scanChunk)
		if err != nil {
			return nil, err
		}
		for i := range objects {
			ok, err := s.wants(&objects[i])
			if err != nil {
				return nil, err
			}
			if ok {
				best.offer(&objects[i])
			}
		}
		if len(rows) < scanChunk {
			return best.result(), nil
		}
		if time.Now().After(deadline) {
			return nil, errTooSlow
		}
		after = rows[len(rows)-1].ID
	}
}
