package syncano

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// userKeyHandle finds the user of a user key.
const userKeyHandle = "syncano.user_key"

var _ core.Provisioner = (*Dialect)(nil)

// Provision implements [core.Provisioner]: a user of a realm that an instance
// serves gets a user key and a profile. Users of other realms get theirs when an
// instance begins to serve the realm.
func (d *Dialect) Provision(tx *core.Tx, u *core.User) error {
	of, err := schema.FindClass(tx, u.Realm, schema.ProfileClass)
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if u.Handle(userKeyHandle) == "" {
		u.SetHandle(userKeyHandle, newEvenKey(d.dir))
	}
	f, err := facetOf(u, of)
	if err != nil || f.row.ID != 0 {
		return err
	}
	row, body, err := profileRecord(tx, u)
	if err != nil {
		return err
	}
	if body == nil {
		body = f.body
	}
	setFacet(u, of, row, *body)
	return nil
}

// profileRecord finds or adds the record that reserves the id of the user's
// profile among the ids of data objects, and finds the user of that id. Earlier
// versions stored the profile in it; body is nil if there is none.
func profileRecord(tx *core.Tx, u *core.User) (row *core.Record, body *objectBody, err error) {
	key := "user " + decimal(u.ID)
	row, err = tx.Record(core.RecordRef{Realm: u.Realm, Kind: schema.ProfileKind, Key: key})
	switch {
	case errors.Is(err, core.ErrNotFound):
		row = &core.Record{Realm: u.Realm, Kind: schema.ProfileKind, Key: key, Owner: u.ID, CreatedAt: u.CreatedAt, UpdatedAt: u.CreatedAt}
		err = tx.SaveRecord(row)
	case err == nil && row.Body != nil:
		body, err = decodeObject(row)
	}
	return row, body, err
}
