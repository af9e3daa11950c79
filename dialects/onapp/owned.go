package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// What the rows of white lists, YubiKeys and payments have in common: they are records that belong to the user whose
// id is in the path.

// owner reads the user that the path names and refuses a caller who lacks the right.
func (c *call) owner(tx *core.Tx, a access) (*core.User, error) {
	return c.target(tx, c.id("user_id"), a)
}

// ownedRecord reads the row that the path names. A row of somebody else is not found.
func (c *call) ownedRecord(tx *core.Tx, kind string, a access) (*core.User, *core.Record, error) {
	u, err := c.owner(tx, a)
	if err != nil {
		return nil, nil, err
	}
	r, err := tx.Record(core.RecordRef{Realm: c.realm(), Kind: kind, ID: c.id("id")})
	if err == nil && r.Owner != u.ID {
		err = &core.Error{Kind: core.NotFound, Subject: kind}
	}
	return u, r, err
}

// ownedList reads the rows of the user, or the page of them.
func (c *call) ownedList(kind string, a access, p *page) (rows []*core.Record, err error) {
	err = c.view(func(tx *core.Tx) error {
		u, err := c.owner(tx, a)
		if err != nil {
			return err
		}
		q := core.RecordQuery{Realm: c.realm(), Kind: kind, Owners: []int64{u.ID}}
		if p != nil {
			if p.total, err = tx.CountRecords(q); err != nil {
				return err
			}
			q.Offset, q.Limit = p.offset(), p.size
		}
		rows, err = tx.Records(q)
		return err
	})
	return rows, err
}

// maxOwned is how many rows of one kind a user can have, so that no list and no check of an address grows without end.
const maxOwned = 1000

// addOwned stores a new row of the user's.
func addOwned(tx *core.Tx, u *core.User, r *core.Record) error {
	n, err := tx.CountRecords(core.RecordQuery{Realm: u.Realm, Kind: r.Kind, Owners: []int64{u.ID}})
	if err != nil {
		return err
	}
	if n >= maxOwned {
		return core.NewInvalid(core.Fault{Field: fieldBase, Value: baseTooManyItems})
	}
	r.Realm, r.Owner = u.Realm, u.ID
	return tx.SaveRecord(r)
}

// amendFacet changes the facet of a user that is being changed anyway, without moving updated_at.
func (d *Dialect) amendFacet(tx *core.Tx, u *core.User, change func(*facet)) error {
	shared, err := d.facetOf(u)
	if err != nil {
		return err
	}
	f := shared.clone()
	change(f)
	f.put(u, shared)
	return tx.SaveUserKeepingUpdatedAt(u)
}
