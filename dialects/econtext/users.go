package econtext

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
)

func (d *Dialect) userRoutes() []route {
	return []route{
		{"/users", justGet, get("users.list", listUsers)},
		{"/users/search/:search", justGet, get("users.search", searchUsers)},
		{"/users/user", whole("userid"), post("users.create", createUser)},
		{"/users/user/:userid", whole("userid"), one("users", showUser, updateUser, deleteUser)},
	}
}

// pathUser finds the user whom the path names.
func (k *call) pathUser(tx *core.Tx) (*core.User, error) {
	u, err := tx.User(core.ByUID(k.d.realm, k.param("userid")))
	if errors.Is(err, core.ErrNotFound) {
		return nil, k.unknown("user")
	}
	return u, err
}

func showUser(k *call) (reply, error) {
	var p *person
	err := k.view(func(tx *core.Tx) error {
		u, err := k.pathUser(tx)
		if err == nil {
			p, err = k.d.reload(tx, u)
		}
		return err
	})
	return p, err
}

// write implements reply.
func (p *person) write(a *answer) error {
	a.RawKey("user")
	a.user(p)
	return nil
}

// deleted is what every deletion, and every end of a membership, answers.
func deleted(a *answer) error {
	a.RawKey("deleted").Bool(true)
	return nil
}

// createUser checks before it hashes, so that a refused request costs no hash,
// and again in the transaction.
func createUser(k *call) (reply, error) {
	in, err := k.newUser()
	if err != nil {
		return nil, err
	}
	if err := k.view(in.check); err != nil {
		return nil, err
	}
	hash, err := k.d.dir.HashPassword(k.ctx(), in.password)
	if err != nil {
		return nil, err
	}
	var p *person
	err = k.update(func(tx *core.Tx) error {
		p, err = in.store(tx, hash)
		return err
	})
	return p, err
}

func updateUser(k *call) (reply, error) {
	in, err := k.userChange()
	if err != nil {
		return nil, err
	}
	if err := k.hashFor(in); err != nil {
		return nil, err
	}
	var p *person
	err = k.update(func(tx *core.Tx) error {
		u, err := k.pathUser(tx)
		if err != nil {
			return err
		}
		p, err = in.apply(tx, u)
		return err
	})
	return p, err
}

// hashFor makes the hash of a new password, after a look whether the request
// will be refused anyway.
func (k *call) hashFor(in *userChange) error {
	if in.null || !in.password.Present() {
		return nil
	}
	err := k.view(func(tx *core.Tx) error {
		u, err := k.pathUser(tx)
		if err == nil {
			_, err = in.check(tx, u)
		}
		return err
	})
	if err != nil {
		return err
	}
	in.hash, err = k.d.dir.HashPassword(k.ctx(), in.newPassword)
	return err
}

func deleteUser(k *call) (reply, error) {
	err := k.update(func(tx *core.Tx) error {
		u, err := k.pathUser(tx)
		if err != nil {
			return err
		}
		f, err := faceOf(u)
		if err != nil {
			return err
		}
		if f.statusOf(u, tx.Now()) != statusDisabled {
			return conflict("User must be disabled before deletion is possible")
		}
		return tx.RemoveUser(u)
	})
	return replyFunc(deleted), err
}
