package econtext

import "github.com/dragoman-gateway/dragoman/core"

// deleteUser removes a user who is DISABLED, with its keys and memberships. See REFERENCE.md, "Deleting a user".
func deleteUser(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, err := c.pathUser(tx)
		if err != nil {
			return err
		}
		f, err := facetOf(u)
		if err != nil {
			return err
		}
		if f.statusOf(u, tx.Now()) != statusDisabled {
			return mustBeDisabled("user")
		}
		return tx.RemoveUser(u)
	})
	return flagReply("deleted"), err
}
