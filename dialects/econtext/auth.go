package econtext

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// authenticate asks for a caller with Basic credentials of a user who belongs to
// the base application. Every reason to refuse gives the same answer. User,
// status and membership are read anew at each request; only the proof of the
// password is remembered for a short time.
func (k *call) authenticate() error {
	login, password, ok := wire.BareBasicAuth(k.Request().Header.Get("Authorization"))
	if !ok {
		return unauthorized()
	}
	caller, err := k.d.prove(k.ctx(), k.spellings(login, password))
	if err != nil {
		return err
	}
	if caller == nil {
		return unauthorized()
	}
	return nil
}

// candidate is a pair of credentials, and the user that its login names.
type candidate struct {
	login, password string
	user            *core.User // nil: none
	admitted        bool       // may call the API, if the password is right
}

// spellings are the pair as it was sent and, where that differs, the pair as
// the vendor's server reads it, which percent-decodes both halves.
func (k *call) spellings(login, password string) []candidate {
	k.pairs[0] = candidate{login: login, password: password}
	k.pairs[1] = candidate{login: unquote(login), password: unquote(password)}
	if k.pairs[0] == k.pairs[1] {
		return k.pairs[:1]
	}
	return k.pairs[:]
}

// prove returns the user whose credentials one of the pairs is, or nil. As long
// as no pair is right each costs one hash, whoever it names.
func (d *Dialect) prove(ctx context.Context, pairs []candidate) (*core.User, error) {
	if err := d.findCallers(ctx, pairs); err != nil {
		return nil, err
	}
	if len(pairs) > 1 {
		for _, p := range pairs {
			if p.admitted && d.dir.Cached(p.user, p.password) {
				return p.user, nil
			}
		}
	}
	for _, p := range pairs {
		ok, err := d.verify(ctx, p)
		if err != nil {
			return nil, err
		}
		if ok {
			return p.user, nil
		}
	}
	return nil, nil
}

// verify remembers only those who may call: the others pay the hash each time,
// as somebody unknown does.
func (d *Dialect) verify(ctx context.Context, p candidate) (bool, error) {
	if p.admitted {
		return d.dir.VerifyCached(ctx, p.user, p.password)
	}
	_, err := d.dir.Verify(ctx, p.user, p.password)
	return false, err
}

func (d *Dialect) findCallers(ctx context.Context, pairs []candidate) error {
	return d.dir.View(ctx, func(tx *core.Tx) error {
		for i := range pairs {
			p := &pairs[i]
			var err error
			if p.user, err = d.byLogin(tx, p.login); err != nil {
				return err
			}
			if p.admitted, err = d.admits(tx, p.user); err != nil {
				return err
			}
		}
		return nil
	})
}

// byLogin finds the user with exactly that username, else the one with exactly
// that address; nil for nobody. Source: vendor reference, authentication: one
// generation of its server looks for the address, the other for the username.
func (d *Dialect) byLogin(tx *core.Tx, login string) (*core.User, error) {
	u, err := tx.User(core.ByUsername(d.realm, login))
	if err == nil && u.Username == login {
		return u, nil
	}
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return nil, err
	}
	u, err = tx.User(core.ByEmail(d.realm, login))
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case u.Email != login:
		return nil, nil
	}
	return u, nil
}

// admits tells whether the user may call the API: a member of the base
// application who is not DISABLED. UNVERIFIED users may.
func (d *Dialect) admits(tx *core.Tx, u *core.User) (bool, error) {
	if u == nil || !d.cfg.AdmitDisabled && !u.Active(tx.Now()) {
		return false, nil
	}
	base, err := tx.Group(d.application(d.cfg.ApplicationID))
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return d.belongs(tx, u, base)
}

// belongs tells whether the user is a member of the group.
func (d *Dialect) belongs(tx *core.Tx, u *core.User, g *core.Group) (bool, error) {
	all, err := tx.Memberships(core.MembershipQuery{Realm: d.realm, Kind: g.Kind, Users: []int64{u.ID}})
	if err != nil {
		return false, err
	}
	for i := range all {
		if all[i].Group == g.ID {
			return true, nil
		}
	}
	return false, nil
}
