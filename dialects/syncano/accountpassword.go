package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
)

func changeAccountPassword(k *call) (reply, error) {
	in, err := k.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	current := k.text(in, "current_password", textRule{required: true, max: 128}, p)
	fresh := k.text(in, "new_password", textRule{required: true, max: 128}, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	ok, err := k.d.dir.Verify(k.req.Context(), k.who.account, current.Or(""))
	switch {
	case err != nil:
		return reply{}, err
	case !ok:
		return reply{}, fieldError("current_password", "Invalid password.")
	}
	return k.storeAccountPassword(fresh.Or(""))
}

// setAccountPassword gives a first password to an account that has none.
func setAccountPassword(k *call) (reply, error) {
	in, err := k.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	fresh := k.text(in, "password", textRule{required: true, max: 128}, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	return k.storeAccountPassword(fresh.Or(""))
}

func (k *call) storeAccountPassword(plain string) (reply, error) {
	hash, err := k.d.dir.HashPassword(k.req.Context(), plain)
	if err != nil {
		return reply{}, err
	}
	_, err = k.changeAccount(func(tx *core.Tx, u *core.User) error {
		u.Password, u.PasswordChangedAt = hash, tx.Now()
		return tx.SaveUser(u)
	})
	return noContent(err)
}

// resetAccountPassword says that there is no mail to send a password by, rather
// than let somebody wait for one.
func resetAccountPassword(k *call) (reply, error) {
	in, err := k.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	k.email(in, true, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	return reply{}, errNoMail
}
