package onapp

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// validateLogin says whether a login or an address could be given to a new user. source: vendor reference, others
// met by a users client.
func validateLogin(c *call) (reply, error) {
	if err := forbidden(!c.all(mayCreateUsers) && !c.some(mayUpdateUsers)); err != nil {
		return reply{}, err
	}
	in := c.d.readUser(c.params.merged)
	var faults faultList
	if in.login.Present() || !in.email.Present() {
		faults.login(in.login.Or(""))
	}
	if in.email.Present() {
		faults.email(in.email.Or(""))
	}
	err := c.view(func(tx *core.Tx) (err error) {
		u := core.User{Realm: c.realm(), Username: in.login.Or(""), Email: in.email.Or("")}
		faults, err = c.d.checkTaken(tx, &u, faults)
		return err
	})
	return reply{status: http.StatusOK, write: func(doc *document) error {
		doc.Hash()
		doc.Bool("valid", len(faults) == 0)
		doc.Str("message", firstSentence(faults))
		doc.End()
		return nil
	}}, err
}

func firstSentence(faults []core.Fault) string {
	if len(faults) == 0 {
		return ""
	}
	return sentence(faults[0])
}
