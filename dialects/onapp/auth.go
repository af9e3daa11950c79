package onapp

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// caller is who sent a request and what that account may do.
type caller struct {
	user   *core.User
	rights rights
	// keyed says that an API key was the proof. Such a caller is not shown its own login and cannot change its own
	// password. source: vendor reference, users update.
	keyed bool
}

// handleKey is the kind of handle that holds the SHA-256 of a user's API key: the key itself is shown once and
// kept nowhere.
const handleKey = "onapp.api_key"

// keyAlphabet and keyLength are the form of an API key. source: vendor reference, API keys.
const (
	keyAlphabet = "0123456789abcdef"
	keyLength   = 40
)

func keyDigest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// credentials reads the Authorization header. ok is false if there is none, or not of the Basic kind.
func credentials(r *http.Request) (login, secret string, ok bool) {
	header := r.Header["Authorization"]
	if len(header) == 0 || header[0] == "" {
		return "", "", false
	}
	return wire.BasicAuth(header[0])
}

// candidate is the account that credentials speak of, if any.
type candidate struct {
	user    *core.User // nil = nobody
	facet   *facet
	byEmail bool
	// keyed says that the secret is one of the account's API keys.
	keyed  bool
	rights rights
}

// authenticate finds out who sends the login and the secret, and refuses those who may not come in. The steps and
// their order: source: vendor reference, credentials.
func (d *Dialect) authenticate(r *http.Request, login, secret string) (caller, error) {
	var who candidate
	err := d.dir.View(r.Context(), func(tx *core.Tx) (err error) {
		who, err = d.candidate(tx, strings.TrimSpace(login), secret)
		return err
	})
	if err != nil {
		return caller{}, err
	}
	if err := d.prove(r.Context(), &who, secret); err != nil {
		return caller{}, err
	}
	if err := d.admit(r, &who); err != nil {
		return caller{}, err
	}
	return caller{user: who.user, rights: who.rights, keyed: who.keyed}, nil
}

// candidate reads the account that a login speaks of, with all that decides whether and how far it comes in.
func (d *Dialect) candidate(tx *core.Tx, login, secret string) (who candidate, err error) {
	who.user, who.byEmail, err = d.account(tx, login)
	if err != nil || who.user == nil {
		return candidate{}, err
	}
	if who.facet, err = d.facetOf(who.user); err != nil {
		return candidate{}, err
	}
	if who.byEmail {
		if who.keyed, err = d.isKey(tx, who.user, secret); err != nil {
			return candidate{}, err
		}
	}
	who.rights, err = d.rightsOf(tx, who.user)
	return who, err
}

// account finds the user with that e-mail address or, failing that, that login; nil if there is none. What has no @
// is not looked for among the addresses.
func (d *Dialect) account(tx *core.Tx, login string) (u *core.User, byEmail bool, err error) {
	if strings.Contains(login, "@") {
		u, err = tx.UserIncludingDeleted(core.ByEmail(d.cfg.Realm, login))
		if err == nil || !errors.Is(err, core.ErrNotFound) {
			return u, true, err
		}
	}
	u, err = tx.UserIncludingDeleted(core.ByUsername(d.cfg.Realm, login))
	if errors.Is(err, core.ErrNotFound) {
		return nil, false, nil
	}
	return u, false, err
}

// isKey tells whether the secret is an API key of the user. What is not shaped like a key is not looked for.
func (d *Dialect) isKey(tx *core.Tx, u *core.User, secret string) (bool, error) {
	if secret == "" {
		return false, nil
	}
	digest := keyDigest(secret)
	if same(u.Handle(handleKey), digest) {
		return true, nil
	}
	if len(secret) != keyLength {
		return false, nil
	}
	r, err := tx.Record(core.RecordRef{Realm: u.Realm, Kind: kindKey, Key: digest})
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil && r.Owner == u.ID, err
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// prove checks the password of somebody who brought no key, and keeps count of failures.
func (d *Dialect) prove(ctx context.Context, who *candidate, secret string) error {
	if who.user != nil && d.isLocked(who.facet) {
		return &denial{kind: locked, email: who.user.Email}
	}
	ok := who.keyed
	if !ok {
		var err error
		if ok, err = d.dir.VerifyCached(ctx, who.user, secret); err != nil {
			return err
		}
	}
	if !ok {
		return d.countFailure(ctx, who.user)
	}
	if who.facet.Failed > 0 {
		return d.forgetFailures(ctx, who.user)
	}
	return nil
}

// admit refuses those who are known but may not act, and those who come from elsewhere than they may.
func (d *Dialect) admit(r *http.Request, who *candidate) error {
	if !who.user.Active(d.dir.Now()) {
		return &denial{kind: accessDenied}
	}
	if who.facet.WhiteLists == 0 {
		return nil
	}
	from := wire.ClientIP(r)
	return d.dir.View(r.Context(), func(tx *core.Tx) error { return d.checkAddress(tx, who.user, from) })
}
