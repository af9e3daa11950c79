package onapp

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// deleteUser marks a live user as deleted, and removes one that is marked, or any with force.
// take_ownership is accepted and ignored: there are no resources here that could have another
// owner.
func deleteUser(c *call) (reply, error) {
	force := castBool(c.top("force").Text())
	err := c.update(func(tx *core.Tx) error {
		u, err := c.targetUser(tx, c.id("id"), mayDeleteUsers)
		if err != nil {
			return err
		}
		if u.ID == c.user.ID {
			return core.NewInvalid(baseFault(messageOwnAccount))
		}
		if force || !u.DeletedAt.IsZero() {
			return tx.RemoveUser(u)
		}
		u.DeletedAt = tx.Now()
		return tx.SaveUser(u)
	})
	return c.d.done(), err
}

// dropBatch is how many users one transaction of drop_all reads.
const dropBatch = 500

// dropDeletedUsers removes all users that are marked as deleted, in batches, so that other writes
// are not blocked. Those who hold rights that the caller lacks stay.
func dropDeletedUsers(c *call) (reply, error) {
	if err := require(c.mayAll(mayDeleteUsers)); err != nil {
		return reply{}, err
	}
	for after, more := int64(0), true; more; {
		var last int64
		err := c.update(func(tx *core.Tx) (err error) {
			last, more, err = c.dropBatch(tx, after)
			return err
		})
		if err != nil {
			return reply{}, err
		}
		after = last
	}
	return reply{status: http.StatusNoContent}, nil
}

// dropBatch removes the deleted users of one batch and returns where the next one begins.
func (c *call) dropBatch(tx *core.Tx, after int64) (last int64, more bool, err error) {
	users, err := tx.Users(core.UserQuery{Realm: c.d.cfg.Realm, AfterID: after, Deleted: true, Limit: dropBatch})
	if err != nil || len(users) == 0 {
		return after, false, err
	}
	for _, u := range users {
		if u.DeletedAt.IsZero() || u.ID == c.user.ID {
			continue
		}
		if err := tx.RemoveUser(u); err != nil && core.KindOf(err) != core.Forbidden {
			return after, false, err
		}
	}
	return users[len(users)-1].ID, len(users) == dropBatch, nil
}
