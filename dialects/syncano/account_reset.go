package syncano

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects"
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

// passwordReset is the body of such a record: the tokens that were made while the account
// had one password and one address, with either of which they end.
type passwordReset struct {
	Tokens []resetToken `json:"tokens"` // the newest last
	Bound  string       `json:"bound_to_sha256"`
}

// bindingOf is the digest of what an account's tokens are bound to.
func bindingOf(u *core.User) string { return digestOf(u.Password + "\n" + u.Email) }

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

// maxResets is how many resets may be under way at once, half of them for one client.
const maxResets = 64

// resetAccountPassword has a token sent to an account. It answers an unknown address like
// a known one, and no later: whether the address is known is found out afterwards.
// Without a hook it refuses every address: an unknown one as the original does, and any
// other with errNoMail, so that no user waits for an e-mail that is never sent.
func resetAccountPassword(c *call) (reply, error) {
	if c.d.passwordHook == nil {
		if _, err := mailedAccount(c); err != nil {
			return reply{}, err
		}
		return reply{}, errNoMail
	}
	email, err := mailAddress(c)
	if err != nil {
		return reply{}, err
	}
	d, who := c.d, c.actor() // c is gone when the request has ended
	ctx := passwd.WithClient(afterwards(c.req.Context()), c.attempt("", "", nil).From())
	give, ok := d.resets.TryTake(ctx)
	if !ok {
		return reply{}, &core.Error{Kind: core.Busy, Op: "reset a password"}
	}
	go func() {
		defer give()
		if err := d.sendReset(ctx, who, email); err != nil {
			d.cfg.Log.Error("no e-mail was sent for the reset of a password", "error", err)
		}
	}()
	return noContent(nil)
}

// afterwards returns a context for what goes on when the request has been answered.
func afterwards(ctx context.Context) context.Context {
	info := dialects.RequestInfoOf(ctx)
	info.Operation = func() string { return "account.reset_password" } // the request's own is gone by then
	return dialects.WithRequestInfo(context.Background(), info)
}

// sendReset asks the hook to send a token to the account of that address, if there is
// one. If the hook does not, the account may ask for another one at once.
func (d *Dialect) sendReset(ctx context.Context, who core.Actor, email string) error {
	u, err := d.findByName(ctx, accountsRealm, email)
	if u == nil || err != nil {
		return err
	}
	q, err := beginReset(ctx, d, who, u)
	if q == nil || err != nil {
		return err
	}
	ok, err := d.passwordHook.Ask(ctx, q, nil)
	if err == nil && !ok {
		err = errors.New("hook: it refused")
	}
	if err != nil {
		err = errors.Join(err, d.dir.Update(ctx, who, func(tx *core.Tx) error { return endToken(tx, u.ID, q.Token) }))
	}
	return err
}

// beginReset makes a token, besides those that the account has. It makes none if the
// last one is not old enough.
func beginReset(ctx context.Context, d *Dialect, who core.Actor, u *core.User) (q *resetQuestion, err error) {
	token := d.dir.NewKey(hexDigits, 64)
	err = d.dir.Update(ctx, who, func(tx *core.Tx) error {
		q = nil
		row, body, err := findReset(tx, u.ID)
		if errors.Is(err, core.ErrNotFound) {
			row, err = &core.Record{Realm: accountsRealm, Kind: resetKind, Key: decimal(u.ID), Owner: u.ID}, nil
		}
		now := tx.Now()
		if n := len(body.Tokens); err != nil || n > 0 && now.Sub(body.Tokens[n-1].Made) < resetWait {
			return err
		}
		if binding := bindingOf(u); binding != body.Bound {
			body = passwordReset{Bound: binding}
		}
		valid := slices.DeleteFunc(slices.Clone(body.Tokens), func(t resetToken) bool { return now.Sub(t.Made) >= resetValid })
		row.Body = document(passwordReset{append(valid, resetToken{digestOf(token), now}), body.Bound})
		q = &resetQuestion{"password_reset", u.Email, decimal(u.ID), token, now.Add(resetValid)}
		return tx.SaveRecord(row)
	})
	return q, err
}

// endToken takes back a token that was not sent.
func endToken(tx *core.Tx, account int64, token string) error {
	row, body, err := findReset(tx, account)
	if err != nil {
		return err
	}
	digest := digestOf(token)
	body.Tokens = slices.DeleteFunc(slices.Clone(body.Tokens), func(t resetToken) bool { return t.Token == digest })
	row.Body = document(body)
	return tx.SaveRecord(row)
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
	if !right || bindingOf(u) != body.Bound {
		return nil, nil, errBadToken
	}
	return u, row, nil
}

// confirmAccountPassword sets the password of the account that a mailed token is for.
// The token is good once. It proves the address, so all that was handed out before ends:
// the account key, and the other tokens. Who registered the address first is out.
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
	// The operator's hook carried the token, so this is the operator's change, which
	// unlike the account's own ends sessions.
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
	email, err := mailAddress(c)
	if err != nil {
		return nil, err
	}
	u, err := c.d.findByName(c.req.Context(), accountsRealm, email)
	if err == nil && u == nil {
		err = fieldError("email", "Email not found.")
	}
	return u, err
}

// mailAddress reads the address that the body has.
func mailAddress(c *call) (string, error) {
	in, err := c.bodyObject()
	if err != nil {
		return "", err
	}
	p := &problems{}
	email := c.email(in, true, p)
	return email.Or(""), p.err()
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
