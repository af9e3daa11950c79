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

func (page *peoplePage) unfurnished() error {
	var missing []int64
	for i := range page.people {
		if p := &page.people[i]; p.profile.row == nil || p.user.Handle(userKeyHandle) == "" {
			missing = append(missing, p.user.ID)
		}
	}
	if missing != nil {
		return &unfurnishedError{missing}
	}
	return nil
}

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

// furnishUser gives the person the key and a profile as old as the person, each
// if there is none yet.
func furnishUser(tx *core.Tx, u *core.User, key string) (*core.Record, error) {
	if u.Handle(userKeyHandle) == "" {
		u.SetHandle(userKeyHandle, key)
		if err := tx.SaveUserQuietly(u); err != nil {
			return nil, err
		}
	}
	row, err := findProfile(tx, u)
	if !errors.Is(err, core.ErrNotFound) {
		return row, err
	}
	row = newProfile(u)
	return row, tx.SaveRecord(row)
}

func newProfile(u *core.User) *core.Record {
	return &core.Record{Realm: u.Realm, Kind: profileKind, Key: profileKey(u.ID), Owner: u.ID,
		Body: document(newObjectBody()), CreatedAt: u.CreatedAt, UpdatedAt: u.CreatedAt}
}
