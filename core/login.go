package core

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/netip"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Attempt is an attempt to log in by a password. Failures are counted for each user
// and each address, whatever dialect the attempt comes through. After many, attempts
// are withheld for a while: they fail without a look at the password, and take as
// long as if there had been one. The delays grow and end by themselves.
//
// An attempt with neither a User nor a Name is not counted: it cannot succeed.
type Attempt struct {
	Realm Realm
	// Name is what the client says the user is called. Attempts by the name of an
	// unknown user are counted as those of a known one.
	Name string
	// User is the user so named, whose ID is 0 for a credential that is only found by
	// Name; nil for an unknown one.
	User *User
	// Address is where the client is. All clients without one are counted together.
	Address netip.Addr
	// Hash, if not nil, receives the encoded hash that the user has after a success: an
	// outdated one is replaced then. Another hash later means another password.
	Hash *string
}

// proven notes the hash that a right password has from now on.
func (a Attempt) proven(hash string) {
	if a.Hash != nil {
		*a.Hash = hash
	}
}

// ErrPasswordSet reports that the password of a request's caller was set, perhaps to the same
// one, after the caller proved it: it has to be proved again, outside of the transaction.
var ErrPasswordSet = errors.New("the password was set meanwhile")

// maxProofs is how often a request proves its caller's password while others set it.
const maxProofs = 10

// UpdateProven is Update for a caller who gave a password. When fn fails with
// [ErrPasswordSet], prove proves the password again and fn runs again. It fails with Busy
// if the password is set again and again.
func (d *Directory) UpdateProven(ctx context.Context, who Actor, prove func() error, fn func(*Tx) error) error {
	for range maxProofs {
		err := d.Update(ctx, who, fn)
		if !errors.Is(err, ErrPasswordSet) {
			return err
		}
		if err := prove(); err != nil {
			return err
		}
	}
	return ErrBusy
}

// Verify reports whether plain is the password of the attempt's user. Whether that
// is wrong, withheld, or there is no user or no password, it takes at least as long
// as for a hash in the current scheme. It does not check whether the user may act:
// see [User.Active]. It fails with Busy when too many wait already.
func (d *Directory) Verify(ctx context.Context, a Attempt, plain string) (bool, error) {
	who := a.subject()
	now := d.Now()
	if !d.logins.begin(who, now) {
		d.traceLogin(ctx, a, false, true)
		d.auditLogin(ctx, a, now, OutcomeWithheld)
		_, err := d.compute(ctx, nil, plain)
		return false, err
	}
	ok, err := d.compute(ctx, a.User, plain)
	if err != nil {
		return false, err
	}
	d.traceLogin(ctx, a, ok, false)
	if !ok {
		d.logins.fail(who, now)
		d.auditLogin(ctx, a, now, OutcomeWrong)
		return false, nil
	}
	d.logins.succeed(who, now)
	d.auditLogin(ctx, a, now, OutcomeDone)
	a.proven(d.upgrade(ctx, a.User, plain))
	return true, nil
}

// VerifyBy is Verify for a proof that is not the user's password: judge reports
// whether it is right, and is not called while attempts are withheld. Its errors are
// not failures to log in.
func (d *Directory) VerifyBy(a Attempt, judge func() (bool, error)) (bool, error) {
	who, now := a.subject(), d.Now()
	if !d.logins.begin(who, now) {
		return false, nil
	}
	ok, err := judge()
	switch {
	case err != nil:
		return false, err
	case ok:
		d.logins.succeed(who, now)
	default:
		d.logins.fail(who, now)
	}
	return ok, nil
}

// VerifyCached is Verify for a client that sends its password with every request:
// a correct pair of hash and password is cached for a short time. After a change
// of the password the old pair is never found, and a wrong password always costs
// a hash.
func (d *Directory) VerifyCached(ctx context.Context, a Attempt, plain string) (bool, error) {
	if d.Cached(a, plain) {
		d.traceLogin(ctx, a, true, false)
		a.proven(a.User.Password)
		return true, nil
	}
	ok, err := d.Verify(ctx, a, plain)
	if m := d.cfg.Credentials; ok && m != nil {
		m.Add(a.User.Password, plain)
	}
	return ok, err
}

// Cached reports whether VerifyCached would return true without computing a hash:
// for a client whose credentials can be read in more than one way.
func (d *Directory) Cached(a Attempt, plain string) bool {
	m := d.cfg.Credentials
	return m != nil && a.User != nil && a.User.Password != "" && !d.Withheld(a) && m.Contains(a.User.Password, plain)
}

// Withheld reports whether the attempt would fail now even with the right password,
// for a dialect that does not count such an attempt in its own way.
func (d *Directory) Withheld(a Attempt) bool {
	return d.logins.busy.Load() && d.logins.withheld(a.subject(), d.Now())
}

// WrongLogins returns how many attempts to log in failed for a wrong password or an
// unknown user since the process started.
func (d *Directory) WrongLogins() int64 { return d.logins.count.Load() }

// ForgetFailures lets the user log in at once whose logins are withheld for wrong
// passwords. Other processes count for themselves.
func (d *Directory) ForgetFailures(u *User) { d.logins.forgetUser(u.Realm, u.ID) }

// FailedLogins returns how many attempts by that user or name from that address were
// wrong since the last right one, as far as this process remembers.
func (d *Directory) FailedLogins(a Attempt) int { return d.logins.failed(a.subject()) }

// From names the network that the attempt comes from, an address of IPv4 or 2^64 of IPv6,
// by a short digest that can be stored; "" without an address.
func (a Attempt) From() string {
	n := network(a.Address)
	if !n.IsValid() {
		return ""
	}
	sum := sha256.Sum256([]byte(n.String()))
	return hex.EncodeToString(sum[:6])
}

// compute compares plain with the user's hash. Without a user it takes the time of one.
func (d *Directory) compute(ctx context.Context, u *User, plain string) (ok bool, err error) {
	encoded := ""
	if u != nil {
		encoded = u.Password
	}
	err = d.cfg.Gate.Do(ctx, func() {
		ok = passwd.Verify(encoded, plain)
		// Whoever guesses pays for an imported hash what they pay for any other, and
		// does not learn from the time which it is. A right password pays its upgrade.
		if !ok && passwd.Cheaper(encoded, d.cfg.Hash) {
			passwd.Verify(d.dummy(), plain)
		}
	})
	return ok, busy("verify password", err)
}
