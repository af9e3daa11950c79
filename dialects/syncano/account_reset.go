package syncano

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// What accounts get by e-mail: tokens to activate them and to reset their passwords.
// This gateway sends no mail. The operator's hook may send those for passwords.

const (
	// resetKind is the kind of record that holds an account's tokens for a new password.
	resetKind = "syncano.password_reset"
	// resetValid is how long a token is good, and resetWait how long an account waits
	// for another one, so that a mailbox is not flooded. Whoever asks, the account's owner
	// gets the mail, and tokens do not end those before them: so a stranger who asks all
	// the time does not keep the owner from a new password.
	resetValid = time.Hour
	resetWait  = time.Minute
)

// passwordReset is the body of such a record: the tokens that were made for a password,
// of which only the hash's digest is kept, and with which they end.
type passwordReset struct {
	Tokens   []resetToken `json:"tokens"` // the newest last
	Password string       `json:"password_sha256"`
}

// resetToken is a token, of which only the digest is kept.
type resetToken struct {
	Token string    `json:"token_sha256"`
	Made  time.Time `json:"made_at"`
}

// resetQuestion is what the hook is asked.
type resetQuestion struct {
	Event   string    `json:"event"`
	Email   string    `json:"email"`
	UID     string    `json:"uid"`
	Token   string    `json:"token"`
	Expires time.Time `json:"expires_at"`
}

// resetAccountPassword asks the hook to send a token. Without a hook it says that there
// is no mail, rather than let a user wait for one.
func resetAccountPassword(c *call) (reply, error) {
	u, err := mailedAccount(c)
	if err != nil {
		return reply{}, err
	}
	if c.d.passwordHook == nil {
		return reply{}, errNoMail
	}
	q, err := beginReset(c, u)
	if err != nil {
		return reply{}, err
	}
	ok, err := c.d.passwordHook.Ask(c.req.Context(), q, nil)
	switch {
	case err != nil:
		err = &core.Error{Kind: core.Busy, Op: "ask the hook for password resets", Err: err}
	case !ok:
		err = errNoMail
	}
	return noContent(err)
}

// beginReset makes a token, besides those that the account has.
func beginReset(c *call, u *core.User) (*resetQuestion, error) {
	token := c.d.dir.NewKey(hexDigits, 64)
	now := c.d.dir.Now()
	err := c.update(func(tx *core.Tx) error {
		row, body, err := findReset(tx, u.ID)
		if errors.Is(err, core.ErrNotFound) {
			row, err = &core.Record{Realm: accountsRealm, Kind: resetKind, Key: decimal(u.ID), Owner: u.ID}, nil
		}
		if err != nil {
			return err
		}
		if n := len(body.Tokens); n > 0 && now.Sub(body.Tokens[n-1].Made) < resetWait {
			return throttled(resetWait - now.Sub(body.Tokens[n-1].Made))
		}
		if password := digestOf(u.Password); password != body.Password {
			body = passwordReset{Password: password}
		}
		valid := slices.DeleteFunc(slices.Clone(body.Tokens), func(t resetToken) bool { return now.Sub(t.Made) >= resetValid })
		row.Body = document(passwordReset{append(valid, resetToken{digestOf(token), now}), body.Password})
		return tx.SaveRecord(row)
	})
	return &resetQuestion{"password_reset", u.Email, decimal(u.ID), token, now.Add(resetValid)}, err
}

func digestOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func findReset(tx *core.Tx, account int64) (*core.Record, passwordReset, error) {
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: resetKind, Key: decimal(account)})
	if err != nil {
		return nil, passwordReset{}, err
	}
	body, err := core.Decoded(row.Body, decodeJSON[passwordReset])
	return row, body, err
}

// resetOf finds the account and the record that the token is for.
func resetOf(tx *core.Tx, account int64, token string) (*core.User, *core.Record, error) {
	row, body, err := findReset(tx, account)
	if errors.Is(err, core.ErrNotFound) {
		return nil, nil, errBadToken
	}
	if err != nil {
		return nil, nil, err
	}
	u, err := tx.User(core.ByID(accountsRealm, account))
	if err != nil {
		return nil, nil, err
	}
	digest := []byte(digestOf(token))
	right := slices.ContainsFunc(body.Tokens, func(t resetToken) bool {
		return subtle.ConstantTimeCompare(digest, []byte(t.Token)) == 1 && tx.Now().Sub(t.Made) < resetValid
	})
	if !right || digestOf(u.Password) != body.Password {
		return nil, nil, errBadToken
	}
	return u, row, nil
}

// confirmAccountPassword sets the password of the account that a mailed token is for.
// The token is good once.
func confirmAccountPassword(c *call) (reply, error) {
	uid, token, fresh, err := mailedToken(c, "new_password")
	if err != nil {
		return reply{}, err
	}
	check := func(tx *core.Tx) error { _, _, err := resetOf(tx, uid, token); return err }
	if err := c.view(check); err != nil { // before the hash, which is expensive
		return reply{}, err
	}
	hash, err := c.d.dir.HashPassword(c.req.Context(), fresh)
	if err != nil {
		return reply{}, err
	}
	// The operator's hook carried the token, so this is the operator's change.
	err = c.d.dir.Update(c.req.Context(), core.Operator(), func(tx *core.Tx) error {
		u, row, err := resetOf(tx, uid, token)
		if err != nil {
			return err
		}
		if err := tx.RemoveRecord(row); err != nil {
			return err
		}
		u.Password, u.PasswordChangedAt = hash, tx.Now()
		return tx.SaveUser(u)
	})
	return noContent(err)
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

// activateAccount refuses every token, since none is ever sent.
func activateAccount(c *call) (reply, error) {
	if _, _, _, err := mailedToken(c, ""); err != nil {
		return reply{}, err
	}
	return reply{}, errBadToken
}

// mailedToken reads what came by mail, and a further member if that has a name.
func mailedToken(c *call, further string) (uid int64, token, more string, err error) {
	in, err := c.bodyObject()
	if err != nil {
		return 0, "", "", err
	}
	p := &problems{}
	rule := textRule{required: true, max: 128}
	account := c.text(in, "uid", rule, p)
	given := c.text(in, "token", rule, p)
	if further != "" {
		more = c.text(in, further, rule, p).Or("")
	}
	return parseID(account.Or("")), given.Or(""), more, p.err()
}
