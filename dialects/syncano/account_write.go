package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// email reads a field that holds an e-mail address, and puts it into lower case.
func (c *call) email(in wire.Value, required bool, p *problems) wire.Field[string] {
	before := len(p.list)
	field := c.text(in, "email", textRule{required: required, max: 254}, p)
	text, ok := field.Get()
	if !ok || len(p.list) > before {
		return field
	}
	if text = pystyle.Lower(text); !isEmail(text) {
		p.add("email", msgBadEmail)
	}
	return wire.Some(text)
}

// newEmail reads a field that holds the address that an account is to get; now is the
// one that it has.
func (c *call) newEmail(in wire.Value, now string, required bool, p *problems) wire.Field[string] {
	before := len(p.list)
	field := c.email(in, required, p)
	if text, ok := field.Get(); ok && text != now && len(p.list) == before && !isNewEmail(text) {
		p.add("email", msgBadEmail)
	}
	return field
}

func accountLogin(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	email := c.email(in, true, p)
	password := c.text(in, "password", textRule{required: true, max: 128}, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	u, err := c.d.findByName(c.req.Context(), accountsRealm, email.Or(""))
	if err != nil {
		return reply{}, err
	}
	if err := c.d.verifyPassword(c.req.Context(), c.attempt(accountsRealm, email.Or(""), u), password.Or(""), errWrongEmail); err != nil {
		return reply{}, err
	}
	return showAccountOf(u, true)
}

func registerAccount(c *call) (reply, error) {
	if !c.d.cfg.OpenRegistration {
		return reply{}, errNoRegistration
	}
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	email := c.newEmail(in, "", true, p)
	password := c.text(in, "password", textRule{required: true, max: 128}, p)
	first, last := accountNames(c, in, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	hash, err := c.d.dir.HashPassword(c.req.Context(), password.Or(""))
	if err != nil {
		return reply{}, err
	}
	u := newAccount(email.Or(""), hash, newEvenKey(c.d.dir))
	u.Name.Given, u.Name.Family = first.Or(""), last.Or("")
	u.Facets.Set(Name, accountBody{}.document())
	err = c.update(func(tx *core.Tx) error { return emailTaken(tx.AddUser(u)) })
	if err != nil {
		return reply{}, err
	}
	return created(func(e *encoder) { e.account(u, true) })
}

func accountNames(c *call, in wire.Value, p *problems) (first, last wire.Field[string]) {
	first = c.text(in, "first_name", textRule{blank: true, max: 64}, p)
	last = c.text(in, "last_name", textRule{blank: true, max: 64}, p)
	return first, last
}

// emailTaken words what is wrong with the name of an account, which is its address.
func emailTaken(err error) error {
	e := core.AsError(err)
	if e == nil || e.Kind != core.Invalid && e.Kind != core.Conflict {
		return err
	}
	for _, f := range e.Faults {
		switch {
		case f.Field != core.FieldUsername && f.Field != core.FieldEmail:
		case f.Rule == core.Taken:
			return fieldError("email", msgUnique)
		case f.Rule == core.Malformed:
			return fieldError("email", msgBadEmail)
		}
	}
	return err
}

func saveAccount(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	email := c.newEmail(in, c.caller.account.Username, c.method == http.MethodPut, p)
	first, last := accountNames(c, in, p)
	metadata := readBoundedMetadata(c, in, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	u, err := changeAccount(c, func(tx *core.Tx, u *core.User) error {
		body, address := accountBodyOf(u), email.Or(u.Username)
		body.Active = body.Active && address == u.Username // a new address is not confirmed
		u.Username, u.Email = address, address
		u.Name.Given, u.Name.Family = first.Or(u.Name.Given), last.Or(u.Name.Family)
		if text, ok := metadata.Get(); ok {
			body.Metadata = text
		}
		u.Facets.Set(Name, body.document())
		return emailTaken(tx.SaveUser(u))
	})
	if err != nil {
		return reply{}, err
	}
	return showAccountOf(u, false)
}

// changeAccount changes and returns the caller's own account.
func changeAccount(c *call, change func(*core.Tx, *core.User) error) (u *core.User, err error) {
	err = c.update(func(tx *core.Tx) (err error) {
		if u, err = tx.User(core.ByID(accountsRealm, c.caller.account.ID)); err != nil {
			return err
		}
		return change(tx, u)
	})
	return u, err
}

func resetAccountKey(c *call) (reply, error) {
	key := newEvenKey(c.d.dir)
	u, err := changeAccount(c, func(tx *core.Tx, u *core.User) error {
		u.SetHandle(accountKeyHandle, key)
		return tx.SaveUser(u)
	})
	if err != nil {
		return reply{}, err
	}
	return showAccountOf(u, true)
}
