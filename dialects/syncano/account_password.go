package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
)

func changeAccountPassword(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	current := c.text(in, "current_password", textRule{required: true, max: 128}, p)
	fresh := c.text(in, "new_password", textRule{required: true, max: 128}, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	ok, err := c.d.dir.Verify(c.req.Context(), c.caller.account, current.Or(""))
	switch {
	case err != nil:
		return reply{}, err
	case !ok:
		return reply{}, fieldError("current_password", "Invalid password.")
	}
	return c.storeAccountPassword(fresh.Or(""))
}

// setAccountPassword gives a first password to an account that has none.
func setAccountPassword(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	fresh := c.text(in, "password", textRule{required: true, max: 128}, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	return c.storeAccountPassword(fresh.Or(""))
}

func (c *call) storeAccountPassword(plain string) (reply, error) {
	hash, err := c.d.dir.HashPassword(c.req.Context(), plain)
	if err != nil {
		return reply{}, err
	}
	_, err = c.changeAccount(func(tx *core.Tx, u *core.User) error {
		u.Password, u.PasswordChangedAt = hash, tx.Now()
		return tx.SaveUser(u)
	})
	return noContent(err)
}

// resetAccountPassword says that there is no mail to send a password by, rather
// than let somebody wait for one.
func resetAccountPassword(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	c.email(in, true, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	return reply{}, errNoMail
}
