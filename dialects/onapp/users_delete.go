package onapp

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// deleteUser marks a living user as deleted and removes one that is marked, or any with force.
// take_ownership is accepted and does nothing: there are no resources here that could have another owner.
func deleteUser(c *call) (reply, error) {
	force := castBool(c.top("force").Text())
	err := c.update(func(tx *core.Tx) error {
		u, err := c.target(tx, c.id("id"), mayDeleteUsers)
		if err != nil {
			return err
		}
		if u.ID == c.user.ID {
			return core.NewInvalid(core.Fault{Field: fieldBase, Value: baseOwnAccount})
		}
		if force || !u.DeletedAt.IsZero() {
			return tx.RemoveUser(u)
		}
		u.DeletedAt = tx.Now()
		return tx.SaveUser(u)
	})
	return c.d.done(), err
}

// dropBatch is how many users one transaction looks through for those to remove.
const dropBatch = 500

// dropDeletedUsers removes all users that are marked as deleted, some at a time, so that others get in between.
func dropDeletedUsers(c *call) (reply, error) {
	if err := forbidden(!c.all(mayDeleteUsers)); err != nil {
		return reply{}, err
	}
	for after, more := int64(0), true; more; {
		var last int64
		err := c.update(func(tx *core.Tx) (err error) {
			last, more, err = c.dropSome(tx, after)
			return err
		})
		if err != nil {
			return reply{}, err
		}
		after = last
	}
	return reply{status: http.StatusNoContent}, nil
}

// dropSome looks through one batch and says where the next one begins.
func (c *call) dropSome(tx *core.Tx, after int64) (last int64, more bool, err error) {
	users, err := tx.Users(core.UserQuery{Realm: c.realm(), AfterID: after, Deleted: true, Limit: dropBatch})
	if err != nil || len(users) == 0 {
		return after, false, err
	}
	for _, u := range users {
		if u.DeletedAt.IsZero() || u.ID == c.user.ID {
			continue
		}
		if err := tx.RemoveUser(u); err != nil {
			return after, false, err
		}
	}
	return users[len(users)-1].ID, len(users) == dropBatch, nil
}
