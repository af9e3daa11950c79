package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// What accounts get by e-mail: tokens to activate them and to reset their passwords.
// This gateway sends no mail, so no token is good.

// resetAccountPassword says that there is no mail to send a password by, rather
// than let a user wait for one.
func resetAccountPassword(c *call) (reply, error) {
	if _, err := mailedAccount(c); err != nil {
		return reply{}, err
	}
	return reply{}, errNoMail
}

// resendAccountEmail has nothing to send again; accounts work without activation.
func resendAccountEmail(c *call) (reply, error) {
	u, err := mailedAccount(c)
	if err == nil && accountBodyOf(u).Active {
		err = errAlreadyActive
	}
	return noContent(err)
}

// mailedAccount finds the account whose address the body has.
func mailedAccount(c *call) (*core.User, error) {
	in, err := c.bodyObject()
	if err != nil {
		return nil, err
	}
	p := &problems{}
	email := c.email(in, true, p)
	if err := p.err(); err != nil {
		return nil, err
	}
	u, err := c.d.findByName(c.req.Context(), accountsRealm, email.Or(""))
	if err == nil && u == nil {
		err = fieldError("email", "Email not found.")
	}
	return u, err
}

func activateAccount(c *call) (reply, error) { return mailedToken(c) }

func confirmAccountPassword(c *call) (reply, error) { return mailedToken(c, "new_password") }

// mailedToken refuses the token of a mail.
func mailedToken(c *call, further ...string) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	for _, name := range append([]string{"uid", "token"}, further...) {
		c.text(in, name, textRule{required: true, max: 128}, p)
	}
	if err := p.err(); err != nil {
		return reply{}, err
	}
	return reply{}, detailError(http.StatusBadRequest, "Invalid token.")
}
