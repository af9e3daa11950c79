package econtext

import (
	"errors"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// candidate is a pair of credentials, and the user that its login names.
type candidate struct {
	login, password string
	user            *core.User // nil: none
	admitted        bool       // may call the API, if the password is right
	counted         bool       // as a failure even if there is no such user
}

// authenticate requires a caller with Basic credentials of a user who belongs to
// the base application. Every refusal is the same. User, status and membership
// are read at each request; only the verified password is cached for a short time.
// While no pair is right, each costs one hash, whoever it names.
// See REFERENCE.md, "Caller's credentials".
func (c *call) authenticate() error {
	login, password, ok := wire.BareBasicAuth(c.Request().Header.Get("Authorization"))
	if !ok {
		return unauthorized()
	}
	// The pair as sent and, where that differs, as the vendor's server reads it.
	pairs := append(c.pairs[:0], candidate{login: login, password: password})
	if decoded := (candidate{login: unquote(login), password: unquote(password)}); decoded != pairs[0] {
		pairs = append(pairs, decoded)
	}
	pairs[len(pairs)-1].counted = true
	if err := c.view(func(tx *core.Tx) error { return c.d.findCallers(tx, pairs) }); err != nil {
		return err
	}
	for _, p := range pairs {
		if len(pairs) > 1 && p.admitted && c.d.dir.Cached(c.attemptBy(p), p.password) {
			c.caller, c.hash = p.user, p.user.Password
			return nil
		}
	}
	if last := pairs[len(pairs)-1]; c.adopt(last) {
		if err := c.view(func(tx *core.Tx) error { return c.d.findCallers(tx, pairs) }); err != nil {
			return err
		}
	}
	for _, p := range pairs {
		// Only the password of a user who may call is cached: others cost a hash
		// each time, as an unknown user does.
		verify := c.d.dir.Verify
		if p.admitted {
			verify = c.d.dir.VerifyCached
		}
		a := c.attemptBy(p)
		a.Hash = &c.hash
		ok, err := verify(c.Request().Context(), a, p.password)
		if err != nil {
			return err
		}
		if ok && p.admitted {
			c.caller = p.user
			return nil
		}
	}
	return unauthorized()
}

// proveAgain authenticates the caller again.
func (c *call) proveAgain() error {
	before := c.caller
	err := c.authenticate()
	if err == nil && c.caller.ID != before.ID {
		err = unauthorized()
	}
	return err
}

// confirm refuses, in the transaction of a write, a caller who may no longer call the API,
// and one whose password was set since authenticate, with core.ErrPasswordSet.
func (c *call) confirm(tx *core.Tx) error {
	now, err := tx.User(core.ByID(c.d.realm, c.caller.ID))
	if errors.Is(err, core.ErrNotFound) {
		return unauthorized()
	}
	if err != nil {
		return err
	}
	admitted, err := c.d.mayCall(tx, now)
	switch {
	case err != nil:
		return err
	case !admitted:
		return unauthorized()
	case c.hash != now.Password:
		return core.ErrPasswordSet
	}
	return nil
}

// adopt asks the vendor about a caller who is not known here, or whose password is not,
// and reports whether to look again.
func (c *call) adopt(p candidate) bool {
	return c.d.dir.Adopt(c.Request().Context(), c.attemptBy(p), core.Credential{
		Dialect: Name, Realm: c.d.realm, Login: p.login, Secret: strings.TrimSpace(p.password), Scope: c.d.cfg.ApplicationID, User: p.user,
	})
}

// attemptBy is the login that a reading of the credentials stands for. A failure
// by an unknown user counts once, for the name as it was sent.
func (c *call) attemptBy(p candidate) core.Attempt {
	a := core.Attempt{Realm: c.d.realm, User: p.user, Address: wire.ClientIP(c.Request())}
	if p.user == nil && p.counted {
		a.Name = p.login
	}
	return a
}

// findCallers finds the users that the logins name, and whether they may call the API.
func (d *Dialect) findCallers(tx *core.Tx, pairs []candidate) (err error) {
	for i := range pairs {
		p := &pairs[i]
		p.admitted = false
		if p.user, err = d.byLogin(tx, p.login); err != nil {
			return err
		}
		if p.user == nil {
			continue
		}
		if p.admitted, err = d.mayCall(tx, p.user); err != nil {
			return err
		}
	}
	return nil
}

// mayCall reports whether the user may call the API: a member of the base application who
// is not DISABLED.
func (d *Dialect) mayCall(tx *core.Tx, u *core.User) (bool, error) {
	if !d.cfg.AdmitDisabled && !u.Active(tx.Now()) {
		return false, nil
	}
	base, err := tx.Group(d.application(d.cfg.ApplicationID))
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return d.isMember(tx, u, kindApplication, base.ID)
}

// byLogin finds the user with exactly that username or address; nil for none, and
// for a text that is the name of one user and the address of another. One generation
// of the vendor's server looks for the address, the other for the username.
func (d *Dialect) byLogin(tx *core.Tx, login string) (*core.User, error) {
	u, _, err := tx.ByLogin(d.realm, login, false)
	switch {
	case errors.Is(err, core.ErrNotFound), err == nil && u.Username != login && u.Email != login:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return u, nil
}

// unquote decodes percent escapes and leaves anything else alone, as the
// vendor's server does with credentials.
func unquote(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if high, low := hexValue(s[i+1]), hexValue(s[i+2]); high >= 0 && low >= 0 {
				b.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// hexValue is the value of a hexadecimal digit; -1 for any other byte.
func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
