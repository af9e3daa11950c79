package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// userRecords serves one kind of record that belongs to the user in the path: white list rows,
// YubiKeys, SSH keys, payments. T is the stored document.
type userRecords[T any] struct {
	noun                                   noun
	kind                                   string
	operation                              string // the names in logs and metrics start with it
	direct                                 string // the path under which a record also stands without its user; "" for none
	mayRead, mayCreate, mayUpdate, mayDrop access
	readOnly                               bool // records cannot be updated
	// apply changes the document as the request says and returns its faults.
	apply func(doc *T, v wire.Value, isNew bool) faultList
	write func(stream, userRecord[T])
	// changeFacet keeps the user's facet in step; nil if nothing depends on the records. before is
	// nil for a new record, after for a removed one.
	changeFacet func(f *facet, before, after *T)
}

// userRecord is a record and its decoded document.
type userRecord[T any] struct {
	*core.Record
	doc *T
}

// maxUserRecords is how many records of one kind a user can have: they bound lists and the check of
// an address.
const maxUserRecords = 1000

func (s userRecords[T]) routes() []route {
	list := "/users/:user_id/" + s.noun.many
	all := append([]route{
		{"GET", list, s.operation + ".list", s.list},
		{"POST", list, s.operation + ".create", s.create},
	}, s.routesOfOne(list)...)
	if s.direct != "" {
		all = append(all, s.routesOfOne(s.direct)...)
	}
	return all
}

// routesOfOne returns the routes of one record under that path.
func (s userRecords[T]) routesOfOne(list string) []route {
	all := []route{
		{"GET", list + "/:id", s.operation + ".show", s.show},
		{"DELETE", list + "/:id", s.operation + ".delete", s.remove},
	}
	if !s.readOnly {
		all = append(all, route{"PUT", list + "/:id", s.operation + ".update", s.update})
	}
	return all
}

func (s userRecords[T]) decode(r *core.Record) (userRecord[T], error) {
	doc, err := decodeBody[T](r.Body)
	return userRecord[T]{r, doc}, err
}

func (s userRecords[T]) list(c *call) (reply, error) {
	p := c.readPage()
	var all []userRecord[T]
	err := c.view(func(tx *core.Tx) error {
		u, err := c.targetUser(tx, c.id("user_id"), s.mayRead)
		if err != nil {
			return err
		}
		q := core.RecordQuery{Realm: u.Realm, Kind: s.kind, Owners: []int64{u.ID}}
		if p != nil {
			total, err := tx.CountRecords(q)
			if err != nil {
				return err
			}
			p.setTotal(total)
			q.Offset, q.Limit = p.offset(), p.size
		}
		rows, err := tx.Records(q)
		if err != nil {
			return err
		}
		all = make([]userRecord[T], len(rows))
		for i, r := range rows {
			if all[i], err = s.decode(r); err != nil {
				return err
			}
		}
		return nil
	})
	return showList(s.noun, all, p, s.write), err
}

// find reads the record that the path names and its user. If the path names the user too, a record
// of another user is not found.
func (s userRecords[T]) find(c *call, tx *core.Tx, a access) (*core.User, userRecord[T], error) {
	r, missing := tx.Record(core.RecordRef{Realm: c.d.cfg.Realm, Kind: s.kind, ID: c.id("id")})
	owner := c.id("user_id")
	if c.path.Param("user_id") == "" {
		if missing != nil {
			return nil, userRecord[T]{}, missing
		}
		owner = r.Owner
	}
	u, err := c.targetUser(tx, owner, a)
	if err == nil {
		err = missing
	}
	if err == nil && r.Owner != u.ID {
		err = &core.Error{Kind: core.NotFound, Subject: s.kind}
	}
	if err != nil {
		return nil, userRecord[T]{}, err
	}
	found, err := s.decode(r)
	return u, found, err
}

func (s userRecords[T]) show(c *call) (reply, error) {
	var found userRecord[T]
	err := c.view(func(tx *core.Tx) (err error) {
		_, found, err = s.find(c, tx, s.mayRead)
		return err
	})
	return showObject(s.noun, found, s.write), err
}

func (s userRecords[T]) create(c *call) (reply, error) {
	added, err := s.add(c, c.id("user_id"))
	if err != nil {
		return reply{}, err
	}
	return showCreated(s.noun, pathOfUser(added.Owner)+"/"+s.noun.many, added.ID, added, s.write), nil
}

// add stores the record that the request describes for that user.
func (s userRecords[T]) add(c *call, owner int64) (added userRecord[T], err error) {
	err = c.update(func(tx *core.Tx) error {
		u, err := c.targetUser(tx, owner, s.mayCreate)
		if err != nil {
			return err
		}
		doc := new(T)
		if faults := s.apply(doc, c.resource(s.noun.one), true); len(faults) > 0 {
			return core.NewInvalid(faults...)
		}
		r := &core.Record{Realm: u.Realm, Kind: s.kind, Owner: u.ID, Body: encodeBody(doc)}
		n, err := tx.CountRecords(core.RecordQuery{Realm: u.Realm, Kind: s.kind, Owners: []int64{u.ID}})
		if err != nil {
			return err
		}
		if n >= maxUserRecords {
			return core.NewInvalid(baseFault(messageTooManyItems))
		}
		if err := tx.SaveRecord(r); err != nil {
			return err
		}
		added = userRecord[T]{r, doc}
		return s.updateFacet(tx, u, nil, doc)
	})
	return added, err
}

func (s userRecords[T]) update(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, found, err := s.find(c, tx, s.mayUpdate)
		if err != nil {
			return err
		}
		doc := *found.doc
		if faults := s.apply(&doc, c.resource(s.noun.one), false); len(faults) > 0 {
			return core.NewInvalid(faults...)
		}
		found.Body = encodeBody(doc)
		if err := tx.SaveRecord(found.Record); err != nil {
			return err
		}
		return s.updateFacet(tx, u, found.doc, &doc)
	})
	return c.d.done(), err
}

func (s userRecords[T]) remove(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, found, err := s.find(c, tx, s.mayDrop)
		if err != nil {
			return err
		}
		if err := tx.RemoveRecord(found.Record); err != nil {
			return err
		}
		return s.updateFacet(tx, u, found.doc, nil)
	})
	return c.d.done(), err
}

func (s userRecords[T]) updateFacet(tx *core.Tx, u *core.User, before, after *T) error {
	if s.changeFacet == nil {
		return nil
	}
	return saveFacet(tx, u, func(f *facet) { s.changeFacet(f, before, after) })
}
