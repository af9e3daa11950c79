package syncano

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
)

// unfurnishedError says that people were met who lack a user key or a profile:
// they came from another dialect.
type unfurnishedError struct{ users []int64 }

// Error is for the log.
func (e *unfurnishedError) Error() string { return "syncano: people without user key or profile" }

// furnish gives people from other dialects what this one shows of everybody.
func (k *call) furnish(users []int64) error {
	keys := make([]string, len(users))
	for i := range keys {
		keys[i] = newEvenKey(k.d.dir)
	}
	return k.d.dir.Update(k.req.Context(), func(tx *core.Tx) error {
		for i, id := range users {
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
		return nil
	})
}

func newProfile(u *core.User) *core.Record {
	return &core.Record{Realm: u.Realm, Kind: profileKind, Key: profileKey(u.ID), Owner: u.ID,
		Body: document(newObjectBody()), CreatedAt: u.CreatedAt, UpdatedAt: u.CreatedAt}
}
