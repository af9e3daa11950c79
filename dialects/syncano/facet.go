package syncano

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// facet is the stored form of a user's profile. Its values are the user's
// attributes, which other dialects show too.
type facet struct {
	// Class is the id of the record of the class user_profile. The profile ends
	// with the class: in a realm whose instance was deleted and created again the
	// class has another id, and the users get new profiles.
	Class int64 `json:"class"`
	// ID is that of the record that reserves it; see profileRecord. It is 0 before
	// the user is provisioned.
	ID        int64      `json:"id"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	Body      objectBody `json:"body"`
}

// decodedFacet is a facet in the form that is shown.
type decodedFacet struct {
	class            int64
	row              *core.Record // the id and the times
	body             *objectBody
	created, updated string // the times as they are shown
}

// noClass is not the id of any record.
const noClass = -1

func decodeFacet(text []byte) (*decodedFacet, error) {
	if len(text) == 0 {
		return &decodedFacet{class: noClass}, nil
	}
	f := new(facet)
	if err := json.Unmarshal(text, f); err != nil {
		return nil, err
	}
	row := &core.Record{ID: f.ID, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt}
	return &decodedFacet{f.Class, row, &f.Body, f.CreatedAt.Format(schema.DatetimeLayout), f.UpdatedAt.Format(schema.DatetimeLayout)}, nil
}

// facetOf returns the user's profile of the class, or, for a user without one, a
// new one without an id.
func facetOf(u *core.User, of *schema.Class) (*decodedFacet, error) {
	f, err := core.Decoded(u.Facets.Get(Name), decodeFacet)
	if err != nil || f.class == of.Row.ID {
		return f, err
	}
	return emptyFacet(u, of), nil
}

func emptyFacet(u *core.User, of *schema.Class) *decodedFacet {
	body, at := newObjectBody(), u.CreatedAt.Format(schema.DatetimeLayout)
	return &decodedFacet{of.Row.ID, &core.Record{CreatedAt: u.CreatedAt, UpdatedAt: u.CreatedAt}, &body, at, at}
}

// setFacet puts a profile into the user, whom the caller saves.
func setFacet(u *core.User, of *schema.Class, row *core.Record, body objectBody) {
	body.Values = nil // they are attributes
	u.Facets.Set(Name, document(facet{of.Row.ID, row.ID, row.CreatedAt, row.UpdatedAt, body}).Text())
}

// fillProfile makes o the user's profile.
func (o *dataObject) fillProfile(of *schema.Class, u *core.User) error {
	f, err := facetOf(u, of)
	if err != nil {
		return err
	}
	o.class, o.row, o.body, o.user, o.owner, o.values = of, f.row, f.body, u, u.ID, u.Attributes
	o.created, o.updated = f.created, f.updated
	return nil
}

// userKeyHandle finds the user of a user key.
const userKeyHandle = "syncano.user_key"

var _ core.SessionKeeper = (*Dialect)(nil)

// Provision implements [core.Provisioner]: a user of a realm that an instance
// serves gets a profile and, unless they hold authority, a user key. Users of other realms get theirs when an
// instance begins to serve the realm.
func (d *Dialect) Provision(tx *core.Tx, u *core.User) error {
	of, err := schema.FindClass(tx, u.Realm, schema.ProfileClass)
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := provisionUserKey(d, tx, u); err != nil {
		return err
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

// provisionUserKey gives u a user key if it has none. An import may bring one in upper case,
// as which no request finds it: it gets lower case, or another key if that is another user's.
func provisionUserKey(d *Dialect, tx *core.Tx, u *core.User) error {
	given := u.Handle(userKeyHandle)
	if given == "" {
		return d.renewUserKey(tx, u)
	}
	key, kind := kindOfKey(given)
	if kind != evenKey || key == given {
		return nil
	}
	_, err := tx.UserIncludingDeleted(core.ByHandle(u.Realm, userKeyHandle, key))
	if errors.Is(err, core.ErrNotFound) {
		u.SetHandle(userKeyHandle, key)
		return nil
	}
	if err == nil {
		err = d.renewUserKey(tx, u)
	}
	return err
}

// EndSessions implements [core.SessionKeeper]: it renews the key of a user or an account.
func (d *Dialect) EndSessions(tx *core.Tx, u *core.User) error {
	if u.Realm == accountsRealm && u.Handle(accountKeyHandle) != "" {
		u.SetHandle(accountKeyHandle, newEvenKey(d.dir))
	}
	if u.Handle(userKeyHandle) == "" {
		return nil
	}
	return d.renewUserKey(tx, u)
}

// renewUserKey gives the user, whom the caller saves, another user key. One who holds
// authority gets none until they log in to Syncano: see login.
func (d *Dialect) renewUserKey(tx *core.Tx, u *core.User) error {
	authority, err := tx.Authority(u)
	if err != nil {
		return err
	}
	key := ""
	if authority.Empty() {
		key = newEvenKey(d.dir)
	}
	u.SetHandle(userKeyHandle, key)
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
