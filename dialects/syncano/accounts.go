package syncano

import (
	"encoding/json"
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
