package syncano

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// unfurnishedError says that people were met who lack a user key or a profile:
// they came from another dialect.
type unfurnishedError struct {
	users []int64
	// through, if not 0, is the id up to which everybody is furnished then.
	through int64
}

// Error is for the log.
func (e *unfurnishedError) Error() string { return "syncano: people without user key or profile" }

// furnish gives people from other dialects what this one shows of everybody.
func (k *call) furnish(bare *unfurnishedError) error {
	keys := make([]string, len(bare.users))
	for i := range keys {
		keys[i] = newEvenKey(k.d.dir)
	}
	return k.d.dir.Update(k.req.Context(), func(tx *core.Tx) error {
		for i, id := range bare.users {
			u, err := tx.User(core.ByID(k.instance.Realm, id))
			if errors.Is(err, core.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if _, err := furnishUser(tx, u, keys[i]); err != nil {
				return err
			}
		}
		return k.markFurnished(tx, bare.through)
	})
}

// furnishedKind is the kind of record that says up to which id everybody in the
// realm has a profile. Only lists of profiles need to know: other lists meet the
// people themselves.
const furnishedKind = "syncano.furnished"

// furnishedBody is its stored form.
type furnishedBody struct {
	Through int64 `json:"through"`
}

func findFurnished(tx *core.Tx, realm core.Realm) (*core.Record, int64, error) {
	row, err := tx.Record(core.RecordRef{Realm: realm, Kind: furnishedKind, Key: "people"})
	if errors.Is(err, core.ErrNotFound) {
		return &core.Record{Realm: realm, Kind: furnishedKind, Key: "people"}, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	body, err := core.Decoded(row.Body, decodeJSON[furnishedBody])
	return row, body.Through, err
}

func (k *call) markFurnished(tx *core.Tx, through int64) error {
	row, before, err := findFurnished(tx, k.instance.Realm)
	if err != nil || through <= before {
		return err
	}
	row.Body = document(furnishedBody{through})
	return tx.SaveRecord(row)
}

// allFurnished fails with the next people whose profiles a list of profiles
// might miss, if there are any.
func (k *call) allFurnished(tx *core.Tx) error {
	_, through, err := findFurnished(tx, k.instance.Realm)
	if err != nil {
		return err
	}
	users, err := tx.Users(core.UserQuery{Realm: k.instance.Realm, AfterID: through, Limit: scanChunk})
	if err != nil {
		return err
	}
	bare, err := k.bare(tx, users)
	if err != nil || len(bare) == 0 && len(users) < scanChunk {
		return err
	}
	return &unfurnishedError{bare, users[len(users)-1].ID}
}

// theseFurnished fails with those of the people who have no profile yet.
func (k *call) theseFurnished(tx *core.Tx, ids []int64) error {
	users, err := tx.Users(core.UserQuery{Realm: k.instance.Realm, IDs: ids})
	if err != nil {
		return err
	}
	bare, err := k.bare(tx, users)
	if err != nil || len(bare) == 0 {
		return err
	}
	return &unfurnishedError{users: bare}
}

// bare returns the ids of those who are not furnished.
func (k *call) bare(tx *core.Tx, users []*core.User) (ids []int64, err error) {
	c, err := schema.FindProfileClass(tx, k.instance.Realm)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		var o dataObject
		furnished, err := o.fillCopy(c, u)
		if err != nil {
			return nil, err
		}
		if !furnished {
			ids = append(ids, u.ID)
		}
	}
	return ids, nil
}

func newProfile(u *core.User) *core.Record {
	return &core.Record{Realm: u.Realm, Kind: schema.ProfileKind, Key: profileKey(u.ID), Owner: u.ID,
		Body: document(newObjectBody()), CreatedAt: u.CreatedAt, UpdatedAt: u.CreatedAt}
}
