package integrity

import (
	"errors"
	"hash/maphash"

	"github.com/dragoman-gateway/dragoman/core"
)

// names finds user names that are the address of another user. It keeps digests, so
// that a realm of a million users takes some 50 MB; what they find is looked up.
type names struct {
	seed      maphash.Seed
	addresses map[uint64]struct{}
	users     []namedUser
}

type namedUser struct {
	name uint64
	id   int64
}

func (n *names) note(u *core.User) {
	if n.addresses == nil {
		n.seed, n.addresses = maphash.MakeSeed(), map[uint64]struct{}{}
	}
	if u.Email != "" {
		n.addresses[maphash.String(n.seed, core.Fold(u.Email))] = struct{}{}
	}
	n.users = append(n.users, namedUser{maphash.String(n.seed, core.Fold(u.Username)), u.ID})
}

// checkNames reports each user whose name is another's address: a login by that text
// is refused.
func (c *checker) checkNames() error {
	if c.realm.Reserved() {
		return nil
	}
	for _, named := range c.names.users {
		if _, ok := c.names.addresses[named.name]; !ok {
			continue
		}
		u, err := c.tx.UserIncludingDeleted(core.ByID(c.realm, named.id))
		if err != nil {
			return err
		}
		other, err := c.tx.UserIncludingDeleted(core.ByEmail(c.realm, u.Username))
		switch {
		case errors.Is(err, core.ErrNotFound):
		case err != nil:
			return err
		case other.ID != u.ID:
			c.add("user", u.ID, "its name is the address of user %d, so that a login by it is refused: give one of them another", other.ID)
		}
	}
	return nil
}
