package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
)

func deleteUser(c *call) (reply, error) {
	return noContent(c.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(c.instance.Realm, c.user.ID))
		if err != nil {
			return err
		}
		return tx.RemoveUser(u)
	}))
}
