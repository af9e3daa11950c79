package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// listObjects lists a class's objects in the order of their ids, or of a field.
func listObjects(k *call) error {
	p, err := k.readPage()
	if err != nil {
		return err
	}
	order, err := k.readOrder(p)
	if err != nil {
		return err
	}
	s := &objectScan{}
	err = k.view(func(tx *core.Tx) error {
		if s.match, err = k.readQuery(tx, k.class, objectFields()); err != nil {
			return err
		}
		s.loader, err = k.newLoader(tx)
		return err
	})
	if err != nil {
		return err
	}
	objects, err := k.fillPage(p, order, s)
	if err != nil {
		return err
	}
	count, err := k.listCount(func(tx *core.Tx) (int64, error) { return countObjects(tx, k.class) })
	if err != nil {
		return err
	}
	k.writeObjects(p, order, objects, count)
	return nil
}

// noCount is the count of a list that does not show one.
const noCount = -1

// listCount counts what the whole list holds, if the request asks for it.
func (k *call) listCount(count func(*core.Tx) (int64, error)) (n int64, err error) {
	if !truthy(k.query().Get("include_count")) {
		return noCount, nil
	}
	err = k.view(func(tx *core.Tx) error {
		n, err = count(tx)
		return err
	})
	return n, err
}

func (k *call) writeObjects(p *page, order *ordering, objects []dataObject, count int64) {
	k.setFilter()
	var first, last string
	if n := len(objects); n > 0 {
		first, last = order.cursor(&objects[0]), order.cursor(&objects[n-1])
	}
	k.startPage(p, len(objects), first, last)
	for i := range objects {
		k.writeObject(&objects[i])
	}
	k.endCounted(count)
}

// endCounted ends an envelope, with the count if there is one.
func (k *call) endCounted(count int64) {
	k.out.End()
	if count != noCount {
		k.out.Key("objects_count").Int(count)
	}
	k.out.End()
}

func truthy(s string) bool {
	switch s {
	case "1", "t", "T", "true", "True", "TRUE":
		return true
	}
	return false
}

// objectScan reads a class's objects in the order of their ids and keeps those
// that the caller may read and the query wants.
type objectScan struct {
	*loader
	match *matcher
}

func (s *objectScan) chunk(tx *core.Tx, at span) (found []dataObject, seen int, last int64, err error) {
	q := core.RecordQuery{Realm: s.k.instance.Realm, Kind: schema.ObjectKind(s.class.Name()),
		IDs: s.match.narrow.ids, AfterID: at.after, BeforeID: at.before, Desc: at.desc, Limit: at.limit}
	if s.class.IsProfile() {
		q.Owners = s.match.narrow.owners
	}
	rows, err := tx.Records(q)
	if err != nil {
		return nil, 0, 0, err
	}
	objects, err := s.load(tx, rows)
	if err != nil {
		return nil, 0, 0, err
	}
	for i := range objects {
		ok, err := s.wants(tx, &objects[i])
		if err != nil {
			return nil, 0, 0, err
		}
		if ok {
			found = append(found, objects[i])
		}
	}
	if len(rows) > 0 {
		last = rows[len(rows)-1].ID
	}
	return found, len(rows), last, nil
}

func (s *objectScan) wants(tx *core.Tx, o *dataObject) (bool, error) {
	if s.rights.of(o) < rightRead {
		return false, nil
	}
	return s.match.matches(tx, o)
}
