package syncano

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
)

// accountKeyHandle finds the account of an account key.
const accountKeyHandle = "syncano.account_key"

// accountBody is an account's facet; its names are the user's.
type accountBody struct {
	Active   bool            `json:"is_active"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
}

func (b accountBody) document() []byte { return document(b).Text() }

// newAccount is an account, not yet stored. email is in lower case.
func newAccount(email, hash, key string) *core.User {
	u := &core.User{Realm: accountsRealm, Username: email, Email: email, Password: hash, Enabled: true}
	u.SetHandle(accountKeyHandle, key)
	return u
}

// emailForm matches what the framework takes for an e-mail address, nearly.
var emailForm = regexp.MustCompile(`^[^\s@"(),:;<>\[\]\\]+@(localhost|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.[a-z0-9-]*[a-z0-9]{2,})$`)

// isEmail judges an address in lower case.
func isEmail(email string) bool { return len(email) <= 254 && emailForm.MatchString(email) }

// isNewEmail judges an address that an account is to get: one in ASCII, as in the
// original. Others can look like the address of another account, which holds rights. An
// account that has such an address keeps it.
func isNewEmail(email string) bool {
	return isEmail(email) && !strings.ContainsFunc(email, func(r rune) bool { return r >= utf8.RuneSelf })
}

func accountEndpoints() []*endpoint {
	email := optionField{name: "email", kind: "email", label: "Email", required: true, maxLength: 254}
	password := optionField{name: "password", kind: "string", label: "Password", required: true, maxLength: 128}
	names := []optionField{
		{name: "first_name", kind: "string", label: "First name", maxLength: 64},
		{name: "last_name", kind: "string", label: "Last name", maxLength: 64},
	}
	fields := append([]optionField{email}, append(names, optionField{name: "metadata", kind: "field", label: "Metadata"})...)
	return []*endpoint{
		{path: "account/auth/", title: "Account Auth", scope: keylessScope, verbs: []verb{
			{method: http.MethodPost, op: "account.login", may: anyone, act: accountLogin, fields: []optionField{email, password}},
		}},
		{path: "account/auth/:backend/", title: "Account Social Auth", scope: keylessScope, verbs: []verb{
			{method: http.MethodPost, op: "account.social_login", may: anyone, act: accountSocialLogin},
		}},
		{path: "account/register/", title: "Account Register", scope: keylessScope, verbs: []verb{
			{method: http.MethodPost, op: "account.register", may: anyone, act: registerAccount, fields: append([]optionField{email, password}, names...)},
		}},
		{path: "account/", title: "Account", verbs: []verb{
			{method: http.MethodGet, op: "account.show", may: anyAccount, read: showAccount},
			{method: http.MethodPut, op: "account.update", may: anyAccount, act: saveAccount, fields: fields},
			{method: http.MethodPatch, op: "account.patch", may: anyAccount, act: saveAccount},
		}},
		{path: "account/reset_key/", title: "Account Reset Key", verbs: []verb{
			{method: http.MethodPost, op: "account.reset_key", may: anyAccount, act: resetAccountKey},
		}},
		{path: "account/password/", title: "Account Password", verbs: []verb{
			{method: http.MethodPost, op: "account.password", may: anyAccount, act: changeAccountPassword},
		}},
		{path: "account/password/set/", title: "Account Password Set", verbs: []verb{
			{method: http.MethodPost, op: "account.set_password", may: anyAccount, act: setAccountPassword},
		}},
		{path: "account/password/reset/", title: "Account Password Reset", scope: keylessScope, verbs: []verb{
			{method: http.MethodPost, op: "account.reset_password", may: anyone, act: resetAccountPassword},
		}},
		{path: "account/password/reset/confirm/", title: "Account Password Reset Confirm", scope: keylessScope, verbs: []verb{
			{method: http.MethodPost, op: "account.confirm_password", may: anyone, act: confirmAccountPassword},
		}},
		{path: "account/activate/", title: "Account Activate", scope: keylessScope, verbs: []verb{
			{method: http.MethodPost, op: "account.activate", may: anyone, act: activateAccount},
		}},
		{path: "account/resend_email/", title: "Account Resend Email", scope: keylessScope, verbs: []verb{
			{method: http.MethodPost, op: "account.resend_email", may: anyone, act: resendAccountEmail},
		}},
	}
}

func accountBodyOf(u *core.User) accountBody {
	body, err := core.Decoded(u.Facets.Get(Name), decodeJSON[accountBody])
	if err != nil {
		return accountBody{}
	}
	return body
}

// account writes an account; withKey adds its key.
func (e *encoder) account(u *core.User, withKey bool) {
	body := accountBodyOf(u)
	e.Obj().Key("id").Int(u.ID).Key("email").Str(u.Email)
	e.Key("first_name").Str(u.Name.Given).Key("last_name").Str(u.Name.Family)
	e.Key("is_active").Bool(body.Active).Key("has_password").Bool(u.Password != "").Key("metadata")
	e.rawOrEmpty(body.Metadata)
	if withKey {
		e.Key("account_key").Str(u.Handle(accountKeyHandle))
	}
	e.End()
}

func showAccount(c *call) (reply, error) { return showAccountOf(c.caller.account, false) }

func showAccountOf(u *core.User, withKey bool) (reply, error) {
	return show(accountShape, func(e *encoder) { e.account(u, withKey) })
}

func changeAccountPassword(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	current := c.text(in, "current_password", textRule{required: true, max: 128}, p)
	fresh := c.text(in, "new_password", textRule{required: true, max: 128}, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	ok, err := c.d.dir.Verify(c.req.Context(), c.attempt(accountsRealm, "", c.caller.account), current.Or(""))
	switch {
	case err != nil:
		return reply{}, err
	case !ok:
		return reply{}, fieldError("current_password", "Invalid password.")
	}
	return storeAccountPassword(c, fresh.Or(""))
}

// setAccountPassword gives a first password to an account that has none.
func setAccountPassword(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	fresh := c.text(in, "password", textRule{required: true, max: 128}, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	if c.caller.account.Password != "" {
		return reply{}, fieldError("password", "Admin already has password.")
	}
	return storeAccountPassword(c, fresh.Or(""))
}

func storeAccountPassword(c *call, plain string) (reply, error) {
	hash, err := c.d.dir.HashPassword(c.req.Context(), plain)
	if err != nil {
		return reply{}, err
	}
	_, err = changeAccount(c, func(tx *core.Tx, u *core.User) error {
		u.Password, u.PasswordChangedAt = hash, tx.Now()
		return tx.SaveUser(u)
	})
	return noContent(err)
}
