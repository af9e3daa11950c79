package syncano

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/hook"
)

// Logins with another provider's token. The operator's hook knows whether a token is
// good and whose it is; see README.md, "Hooks".

// socialQuestion is what the hook is asked.
type socialQuestion struct {
	Event    string `json:"event"`
	Instance string `json:"instance,omitempty"` // "" for the login of an account
	Backend  string `json:"backend"`
	Token    string `json:"access_token"`
}

// socialAnswer is who the hook says the token belongs to.
type socialAnswer struct {
	// ID is the provider's own for the person. It never changes.
	ID string `json:"id"`
	// User is the number of an existing user or account that the person is, for
	// an ID that was not seen before. 0 makes a new user.
	User int64 `json:"user"`
	// Username and Email are a new user's.
	Username string `json:"username"`
	Email    string `json:"email"`
}

// maxSocialID bounds a provider's id, in bytes.
const maxSocialID = 128

func userSocialLogin(c *call) (reply, error) {
	who, err := askSocialHook(c, c.d.socialHook, "facebook", "google-oauth2", "github", "linkedin", "twitter")
	if err != nil {
		return reply{}, err
	}
	u, err := socialUser(c, c.instance.Realm, who)
	if errors.Is(err, core.ErrNotFound) {
		u, err = addSocialUser(c, who)
	}
	if err != nil {
		return reply{}, err
	}
	return showLogin(c, u)
}

// accountSocialLogin logs in to an account. Accounts hold rights, so that the hook
// may do it only if the operator allows it; it never makes one.
func accountSocialLogin(c *call) (reply, error) {
	asked := c.d.socialHook
	if !c.d.cfg.SocialAuthority {
		asked = nil
	}
	who, err := askSocialHook(c, asked, "facebook", "google-oauth2", "github")
	if err != nil {
		return reply{}, err
	}
	u, err := socialUser(c, accountsRealm, who)
	if errors.Is(err, core.ErrNotFound) {
		err = errWrongToken
	}
	if err != nil {
		return reply{}, err
	}
	return showAccountOf(u, true)
}

// askSocialHook reads the token and asks whose it is. Without a hook no token is good.
// source: vendor's order of checks: token, then backend, then the provider's word.
func askSocialHook(c *call, asked *hook.Hook, backends ...string) (*socialAnswer, error) {
	in, err := c.bodyObject()
	if err != nil {
		return nil, err
	}
	member, _ := in.Get("access_token")
	token, backend := pystyle.Strip(member.Text()), c.echo.Param("backend")
	switch {
	case token == "":
		return nil, errWrongToken
	case !slices.Contains(backends, backend):
		return nil, errWrongBackend
	case asked == nil:
		return nil, errWrongToken
	}
	if err := checkBatchLogin(c); err != nil {
		return nil, err
	}
	q := socialQuestion{Event: "social_login", Backend: backend, Token: token}
	if c.instance != nil {
		q.Instance = c.instance.row.Key
	}
	return judgeToken(c, asked, q)
}

// judgeToken asks the hook, unless the client's address sent too many wrong tokens.
func judgeToken(c *call, asked *hook.Hook, q socialQuestion) (*socialAnswer, error) {
	sum := sha256.Sum256([]byte(q.Token))
	attempt := c.attempt("", q.Backend+" token "+hex.EncodeToString(sum[:]), nil)
	who := new(socialAnswer)
	ctx := passwd.WithClient(c.req.Context(), attempt.From())
	ok, err := c.d.dir.VerifyBy(attempt, func() (bool, error) { return asked.Ask(ctx, q, who) })
	switch {
	case err != nil:
		return nil, &core.Error{Kind: core.Busy, Op: "ask the hook for social logins", Err: err}
	case !ok:
		return nil, errWrongToken
	case who.ID == "" || len(who.ID) > maxSocialID:
		return nil, errors.New("the hook for social logins gave no id, or one of more than 128 bytes")
	}
	return who, nil
}

// socialHandle finds the user of a provider's id.
func socialHandle(c *call) string { return "syncano.social." + c.echo.Param("backend") }

// socialUser finds the user whom the hook means, by the provider's id or by the number
// of a user who is then found by that id. One who holds rights may only log in if
// the operator allows it, since the hook is less than a password.
func socialUser(c *call, realm core.Realm, who *socialAnswer) (u *core.User, err error) {
	byID := core.ByHandle(realm, socialHandle(c), who.ID)
	err = c.view(func(tx *core.Tx) (err error) {
		u, err = tx.UserIncludingDeleted(byID)
		if errors.Is(err, core.ErrNotFound) && who.User != 0 {
			if u, err = tx.User(core.ByID(realm, who.User)); errors.Is(err, core.ErrNotFound) {
				err = errWrongToken
			}
		}
		if err != nil {
			return err
		}
		return c.d.maySocialLogin(tx, u)
	})
	if err != nil || slices.Contains(u.Handles, core.Handle{Kind: socialHandle(c), Value: who.ID}) {
		return u, err
	}
	return linkSocialUser(c.req.Context(), c, u, who)
}

// maySocialLogin refuses a user who may not log in through the hook, in the words for
// a wrong token.
func (d *Dialect) maySocialLogin(tx *core.Tx, u *core.User) error {
	if !u.Active(tx.Now()) {
		return errWrongToken
	}
	if d.cfg.SocialAuthority || u.Realm == accountsRealm {
		return nil
	}
	authority, err := tx.Authority(u)
	if err == nil && !authority.Empty() {
		err = errWrongToken
	}
	return err
}

// linkSocialUser makes the provider's id find the user. The operator's program said
// so, so it is the operator's change.
func linkSocialUser(ctx context.Context, c *call, u *core.User, who *socialAnswer) (linked *core.User, err error) {
	err = c.d.dir.Update(ctx, core.Operator(), func(tx *core.Tx) error {
		if err := confirm(c, tx); err != nil {
			return err
		}
		if linked, err = tx.User(core.ByID(u.Realm, u.ID)); err != nil {
			return err
		}
		if err := c.d.maySocialLogin(tx, linked); err != nil {
			return err
		}
		linked.Handles = append(linked.Handles, core.Handle{Kind: socialHandle(c), Value: who.ID})
		return tx.SaveUserKeepingUpdatedAt(linked)
	})
	return linked, err
}

// addSocialUser makes a user without a password.
func addSocialUser(c *call, who *socialAnswer) (*core.User, error) {
	may := mayCreateUsers
	if c.v.v2 {
		may = v2May("create", mayCreateUsers)
	}
	if !may(c) {
		return nil, errNoUserCreate
	}
	name := who.Username
	if name == "" {
		name = c.echo.Param("backend") + "_" + who.ID
	}
	key := newEvenKey(c.d.dir)
	var u *core.User
	err := c.update(func(tx *core.Tx) error {
		u = &core.User{Realm: c.instance.Realm, Username: pystyle.Lower(name), Email: who.Email, Enabled: true}
		u.SetHandle(userKeyHandle, key)
		u.SetHandle(socialHandle(c), who.ID)
		if err := tx.AddUser(u); err != nil {
			return err
		}
		return c.checkUserCount(tx, u)
	})
	return u, err
}
