package onapp

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/rack"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// caller is the account that sent a request.
type caller struct {
	user   *core.User
	facet  *facet
	rights rights
	// hash is that of the password that proved the caller; "" if an API key did.
	hash string
	// byKey reports that an API key was the proof. Such a caller cannot change its own password. See
	// REFERENCE.md, "Credentials".
	byKey bool
}

// handleKey is the kind of handle that holds the SHA-256 of a user's API key. The key itself is
// shown once and not stored.
const handleKey = "onapp.api_key"

// keyAlphabet and keyLength are the form of an API key. See REFERENCE.md, "API keys".
const (
	keyAlphabet = "0123456789abcdef"
	keyLength   = 40
)

func keyDigest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// credentials reads the Authorization header. ok is false if there is none, or not of the Basic
// scheme.
func credentials(r *http.Request) (login, secret string, ok bool) {
	header := r.Header["Authorization"]
	if len(header) == 0 || header[0] == "" {
		return "", "", false
	}
	return rack.BasicAuth(header[0])
}

// authenticate finds the account that the login and the secret belong to and refuses one that may
// not log in. The steps and their order: see REFERENCE.md, "Credentials".
func (d *Dialect) authenticate(r *http.Request, login, secret string) (caller, error) {
	var c caller
	err := d.dir.View(r.Context(), func(tx *core.Tx) (err error) {
		c, err = d.findCaller(tx, strings.TrimSpace(login), secret)
		return err
	})
	if err != nil {
		return caller{}, err
	}
	if adopt(d, r, c, strings.TrimSpace(login), secret) {
		err := d.dir.View(r.Context(), func(tx *core.Tx) (err error) {
			c, err = d.findCaller(tx, strings.TrimSpace(login), secret)
			return err
		})
		if err != nil {
			return caller{}, err
		}
	}
	if !c.byKey { // wrong passwords do not stop a right key
		a := core.Attempt{Realm: d.cfg.Realm, Name: strings.TrimSpace(login), User: c.user, Address: wire.ClientIP(r), Hash: &c.hash}
		if err := d.checkPassword(r.Context(), a, c.facet, secret); err != nil {
			return caller{}, err
		}
	}
	if !c.user.Active(d.dir.Now()) {
		return caller{}, &authError{kind: accessDenied}
	}
	if c.facet.WhiteLists > 0 {
		from := wire.ClientIP(r)
		err = d.dir.View(r.Context(), func(tx *core.Tx) error { return checkWhiteList(tx, c.user, from) })
	}
	return c, err
}

// proveAgain authenticates the caller again, who must have the rights that they had.
func (c *call) proveAgain() error {
	login, secret, _ := credentials(c.r)
	now, err := c.d.authenticate(c.r, login, secret)
	if err != nil {
		return err
	}
	if now.user.ID != c.user.ID {
		return &authError{kind: badCredentials}
	}
	had := c.rights
	c.caller = now
	return require(now.rights.contains(had))
}

// confirm refuses, in the transaction of a write, a caller whose credentials are no longer good or
// who lost a right since authenticate.
func (c *call) confirm(tx *core.Tx) error {
	now, err := tx.UserIncludingDeleted(core.ByID(c.d.cfg.Realm, c.user.ID))
	if errors.Is(err, core.ErrNotFound) {
		return &authError{kind: badCredentials}
	}
	if err != nil {
		return err
	}
	switch {
	case c.byKey:
		_, secret, _ := credentials(c.r)
		if good, err := isKey(tx, now, secret); err != nil || !good {
			return cmp.Or(err, error(&authError{kind: badCredentials}))
		}
	case c.hash != now.Password:
		return core.ErrPasswordSet
	}
	if !now.Active(tx.Now()) {
		return &authError{kind: accessDenied}
	}
	held, err := rightsOf(tx, now)
	if err != nil {
		return err
	}
	return require(held.contains(c.rights))
}

// adopt asks the vendor about a login that is not known here, or whose password or API key
// is not, and reports whether to look again.
func adopt(d *Dialect, r *http.Request, c caller, login, secret string) bool {
	given := core.Credential{Dialect: dialectName, Realm: d.cfg.Realm, Login: login, Secret: secret, User: c.user}
	if strings.Contains(login, "@") && isKeyForm(secret) {
		given.Kind = core.CredentialKey
	}
	if c.byKey || given.Kind == core.CredentialKey && c.user != nil && c.user.Handle(handleKey) != "" {
		return false
	}
	return d.dir.Adopt(r.Context(), core.Attempt{Realm: d.cfg.Realm, Name: login, User: c.user, Address: wire.ClientIP(r)}, given)
}

// isKeyForm reports whether the secret looks like an API key.
func isKeyForm(secret string) bool {
	return len(secret) == keyLength && strings.Trim(secret, keyAlphabet) == ""
}

// findCaller reads the account with that login, and whether the secret is its API key. The zero
// caller is an unknown login, or one that is the name of one user and the address of another. A login
// without an @ is not looked for among the addresses.
func (d *Dialect) findCaller(tx *core.Tx, login, secret string) (c caller, err error) {
	byEmail := false
	if strings.Contains(login, "@") {
		c.user, byEmail, err = tx.ByLogin(d.cfg.Realm, login, true)
	} else {
		c.user, err = tx.UserIncludingDeleted(core.ByUsername(d.cfg.Realm, login))
	}
	if err != nil {
		if errors.Is(err, core.ErrNotFound) {
			err = nil
		}
		return caller{}, err
	}
	if c.facet, err = facetOf(c.user); err != nil {
		return caller{}, err
	}
	if byEmail {
		if c.byKey, err = isKey(tx, c.user, secret); err != nil {
			return caller{}, err
		}
	}
	c.rights, err = rightsOf(tx, c.user)
	return c, err
}

// isKey reports whether the secret is an API key of the user.
func isKey(tx *core.Tx, u *core.User, secret string) (bool, error) {
	digest := keyDigest(secret)
	if secret == "" || equalSecrets(u.Handle(handleKey), digest) {
		return secret != "", nil
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

func equalSecrets(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
