package syncano

import (
	"encoding/json"
	"net/http"
	"regexp"

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
			{method: http.MethodPost, op: "account.login", may: anybody, act: accountLogin, fields: []optionField{email, password}},
		}},
		{path: "account/auth/:backend/", title: "Account Social Auth", scope: keylessScope, verbs: []verb{
			{method: http.MethodPost, op: "account.social_login", may: anybody, act: accountSocialLogin},
		}},
		{path: "account/register/", title: "Account Register", scope: keylessScope, verbs: []verb{
			{method: http.MethodPost, op: "account.register", may: anybody, act: registerAccount, fields: append([]optionField{email, password}, names...)},
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
			{method: http.MethodPost, op: "account.set_password", may: accountWithoutPassword, act: setAccountPassword},
		}},
		{path: "account/password/reset/", title: "Account Password Reset", scope: keylessScope, verbs: []verb{
			{method: http.MethodPost, op: "account.reset_password", may: anybody, act: resetAccountPassword},
		}},
	}
}

func accountWithoutPassword(k *call) bool { return anyAccount(k) && k.who.account.Password == "" }

func accountBodyOf(u *core.User) accountBody {
	body, err := core.Decoded(u.Facets.Get(Name), decodeJSON[accountBody])
	if err != nil {
		return accountBody{}
	}
	return body
}

// writeAccount writes an account; withKey adds the key that makes others of it.
func (k *call) writeAccount(u *core.User, withKey bool) {
	out := &k.out
	body := accountBodyOf(u)
	out.Obj()
	if out.want("id") {
		out.Int(u.ID)
	}
	for _, one := range [][2]string{{"email", u.Email}, {"first_name", u.Name.Given}, {"last_name", u.Name.Family}} {
		if out.want(one[0]) {
			out.Str(one[1])
		}
	}
	if out.want("is_active") {
		out.Bool(body.Active)
	}
	if out.want("has_password") {
		out.Bool(u.Password != "")
	}
	if out.want("metadata") {
		k.writeMetadata(body.Metadata)
	}
	if withKey && out.want("account_key") {
		out.Str(u.Handle(accountKeyHandle))
	}
	out.End()
}

func (k *call) writeMetadata(text json.RawMessage) {
	if len(text) == 0 {
		k.out.Obj().End()
		return
	}
	k.out.RawBytes(text)
}

func showAccount(k *call, _ *core.Tx) error {
	k.setFilter()
	k.writeAccount(k.who.account, false)
	return nil
}
