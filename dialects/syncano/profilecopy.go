package syncano

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// profileCopy is the stored form of the person's facet: what the record of the
// profile says, so that showing people needs no look at their records. Both are
// written in one transaction, and the record is the one that counts.
type profileCopy struct {
	// Class is the id of the record of the class: a copy from an instance that
	// was deleted since, with all its profiles, has another.
	Class     int64      `json:"class"`
	ID        int64      `json:"id"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	Body      objectBody `json:"body"`
}

// shownProfile is a decoded copy; its row has nothing but id and times.
type shownProfile struct {
	class int64
	row   *core.Record
	body  *objectBody
	// created and updated are the row's times as they are shown.
	created, updated string
}

// noClass is the class of who has no copy; no record has the id.
const noClass = -1

func decodeCopy(text []byte) (*shownProfile, error) {
	if len(text) == 0 {
		return &shownProfile{class: noClass}, nil
	}
	c := new(profileCopy)
	if err := json.Unmarshal(text, c); err != nil {
		return nil, err
	}
	row := &core.Record{ID: c.ID, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt}
	return &shownProfile{c.Class, row, &c.Body, row.CreatedAt.Format(schema.DatetimeLayout), row.UpdatedAt.Format(schema.DatetimeLayout)}, nil
}

func keepCopy(u *core.User, c *schema.Class, row *core.Record, body objectBody) {
	body.Values = nil // they are attributes
	u.Facets.Set(Name, document(profileCopy{c.Row.ID, row.ID, row.CreatedAt, row.UpdatedAt, body}).Text())
}

// fillCopy takes the profile from the person's copy. Without a good one, or
// without a user key, the person is unfurnished.
func (o *dataObject) fillCopy(c *schema.Class, u *core.User) (furnished bool, err error) {
	shown, err := core.Decoded(u.Facets.Get(Name), decodeCopy)
	if err != nil {
		return false, err
	}
	o.class, o.row, o.body, o.user, o.owner, o.values = c, shown.row, shown.body, u, u.ID, u.Attributes
	o.created, o.updated = shown.created, shown.updated
	return shown.class == c.Row.ID && u.Handle(userKeyHandle) != "", nil
}

// furnishUser gives the person the key, a profile as old as the person and a
// copy of it, each if there is none yet.
func furnishUser(tx *core.Tx, u *core.User, key string) (*core.Record, error) {
	c, err := schema.FindProfileClass(tx, u.Realm)
	if err != nil {
		return nil, err
	}
	var o dataObject
	furnished, err := o.fillCopy(c, u)
	if err != nil {
		return nil, err
	}
	row, err := findProfile(tx, u)
	if errors.Is(err, core.ErrNotFound) {
		row, furnished = newProfile(u), false
		err = tx.SaveRecord(row)
	}
	if err != nil || furnished {
		return row, err
	}
	if u.Handle(userKeyHandle) == "" {
		u.SetHandle(userKeyHandle, key)
	}
	body, err := decodeObject(row)
	if err != nil {
		return nil, err
	}
	keepCopy(u, c, row, *body)
	return row, tx.SaveUserKeepingUpdatedAt(u)
}
