package syncano

import (
	"errors"
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

func createObject(k *call) (reply, error) {
	input, err := k.readObjectBody(inputContext{full: true, creating: true}, k.creator())
	if err != nil {
		return reply{}, err
	}
	r, err := k.writeObjectAfter(input, func(tx *core.Tx) (*change, error) {
		body := newObjectBody()
		body.Owner = k.creator()
		row := &core.Record{Realm: k.instance.Realm, Kind: schema.ObjectKind(k.class.Name()), Body: document(body)}
		return k.begin(tx, k.class, row, &core.Attributes{})
	})
	r.status = http.StatusCreated
	return r, err
}

// creator is who owns what the caller creates; 0 for nobody.
func (k *call) creator() int64 {
	if k.who.user == nil {
		return 0
	}
	return k.who.user.ID
}

func saveObject(k *call) (reply, error) {
	input, err := k.readObjectBody(inputContext{full: k.method != http.MethodPatch, operators: true}, k.shownObject.owner)
	if err != nil {
		return reply{}, err
	}
	if k.class.IsProfile() {
		return k.saveProfileObject(input)
	}
	return k.writeObjectAfter(input, func(tx *core.Tx) (*change, error) {
		row, err := tx.Record(core.RecordRef{Realm: k.object.Realm, Kind: k.object.Kind, ID: k.object.ID})
		if err != nil {
			return nil, err
		}
		values, err := valuesOf(tx, row)
		if err != nil {
			return nil, err
		}
		return k.begin(tx, k.class, row, &values)
	})
}

// readObjectBody reads and judges the whole body of an object's URL.
func (k *call) readObjectBody(at inputContext, owner int64) (*objectInput, error) {
	in, err := k.bodyObject()
	if err != nil {
		return nil, err
	}
	p := &problems{}
	var input *objectInput
	err = k.d.dir.View(k.req.Context(), func(tx *core.Tx) error {
		*p = problems{}
		input = k.readObject(k.class, in, at, p)
		k.checkOwner(input, owner, p)
		return k.lookUp(tx, input, p)
	})
	if err != nil {
		return nil, err
	}
	k.lowerRights(input)
	return input, p.err()
}

// checkOwner refuses another owner than the present one: of a profile always,
// of other objects to people.
func (k *call) checkOwner(in *objectInput, owner int64, p *problems) {
	if !in.owner.Present() || in.owner.Or(0) == owner {
		return
	}
	switch {
	case k.who.user != nil:
		p.add("owner", "Cannot change owner of Data Object.")
	case k.class.IsProfile():
		p.add("owner", "Cannot change owner of User Profile object.")
	}
}

// lowerRights takes what a person grants down to what the person has.
func (k *call) lowerRights(in *objectInput) {
	if k.who.user == nil || k.object == nil || k.who.key.IgnoreACL {
		return
	}
	in.most = k.objectRight
	in.limited = true
}

// writeObjectAfter changes the object that get begins with, stores and shows it.
func (k *call) writeObjectAfter(input *objectInput, get func(*core.Tx) (*change, error)) (reply, error) {
	var shown dataObject
	err := k.updateWith(input, func(tx *core.Tx) error {
		c, err := get(tx)
		if err != nil {
			return err
		}
		if err := c.apply(input); err != nil {
			return err
		}
		if err := c.store(); err != nil {
			return err
		}
		shown, err = c.shown()
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return show(nil, func(e *encoder) { e.object(&shown) })
}

// updateWith is an update whose input may bring files.
func (k *call) updateWith(input *objectInput, fn func(*core.Tx) error) error {
	return k.withFiles(input, func() error { return k.d.dir.Update(k.req.Context(), fn) })
}

// store stores the object if anything of it changed, and what goes with a new one.
func (c *change) store() error {
	isNew := c.row.ID == 0
	if !isNew && !c.dirty {
		return nil
	}
	if isNew {
		c.body.Revision = 1
	}
	c.body.setValues(*c.values)
	c.row.Body = document(c.body)
	if err := c.tx.SaveRecord(c.row); err != nil {
		return err
	}
	return c.claims.SavePending(c.row.ID)
}

// shown is the object as it is now stored.
func (c *change) shown() (o dataObject, err error) {
	o = dataObject{class: c.class, row: c.row, body: &c.body, values: *c.values}
	if o.group, err = livingGroup(c.tx, c.row.Realm, c.body.Group); err != nil {
		return o, err
	}
	o.owner, err = livingUser(c.tx, c.row.Realm, c.body.Owner)
	return o, err
}

// livingUser returns id if there is such a user, else 0.
func livingUser(tx *core.Tx, realm core.Realm, id int64) (int64, error) {
	if id == 0 {
		return 0, nil
	}
	_, err := tx.User(core.ByID(realm, id))
	if errors.Is(err, core.ErrNotFound) {
		return 0, nil
	}
	return id, err
}

// saveProfileObject changes a profile through its own URL.
func (k *call) saveProfileObject(input *objectInput) (reply, error) {
	var shown dataObject
	err := k.updateWith(input, func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(k.object.Realm, k.object.Owner))
		if err != nil {
			return err
		}
		dirty, valuesChanged, err := input.applyProfile(k, tx, u)
		if err == nil {
			err = saveChanged(tx, u, dirty, valuesChanged)
		}
		if err != nil {
			return err
		}
		if err := shown.fillProfile(k.class, u); err != nil {
			return err
		}
		shown.group, err = livingGroup(tx, u.Realm, shown.body.Group)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return show(nil, func(e *encoder) { e.object(&shown) })
}

func deleteObject(k *call) (reply, error) {
	return noContent(k.updateWith(nil, func(tx *core.Tx) error {
		row, err := tx.Record(core.RecordRef{Realm: k.object.Realm, Kind: k.object.Kind, ID: k.object.ID})
		if err != nil {
			return err
		}
		if err := k.releaseFiles(tx, k.class, row); err != nil {
			return err
		}
		return tx.RemoveRecord(row)
	}))
}
