package onapp

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// The values of status. A locked user still shows "active": the lock is separate.
const (
	statusActive    = "active"
	statusSuspended = "suspended"
	statusDeleted   = "deleted"
)

const defaultLocale = "en"

// userView is what is shown of one user.
type userView struct {
	version version
	user    *core.User
	facet   *facet
	status  string
	roles   []*role
	group   int64 // the user group; 0 = none
	fields  []fieldValue
	// apiKey is shown by the one answer that makes it.
	apiKey string
	// hideLogin leaves the login out: see Config.HideLoginFromKeys.
	hideLogin bool
}

// statusAt is the user's status by the clock: nothing runs at suspend_at.
func statusAt(now time.Time, u *core.User) string {
	switch {
	case !u.DeletedAt.IsZero():
		return statusDeleted
	case u.Active(now):
		return statusActive
	}
	return statusSuspended
}

// givenName is the first name: the one that was given, or the first word of the whole name.
func givenName(u *core.User) string {
	if hasParts(u.Name) {
		return u.Name.Given
	}
	first, _, _ := strings.Cut(strings.TrimSpace(u.Name.Formatted), " ")
	return first
}

// familyName is the last name, or what follows the first word of the whole name.
func familyName(u *core.User) string {
	if hasParts(u.Name) {
		return u.Name.Family
	}
	_, rest, _ := strings.Cut(strings.TrimSpace(u.Name.Formatted), " ")
	return strings.TrimSpace(rest)
}

// hasParts reports whether the parts of a name were given. A whole name of another dialect replaces
// them.
func hasParts(n core.Name) bool { return n.Given != "" || n.Family != "" || n.Formatted == "" }

// ViewUser implements [dialects.UserViewer].
func (d *Dialect) ViewUser(r *http.Request, realm string, id int64) (answers []dialects.UserAnswer, err error) {
	if realm != string(d.cfg.Realm) {
		return nil, nil
	}
	for _, f := range []struct {
		format
		name, ending string
	}{{formatJSON, "JSON", ".json"}, {formatXML, "XML", ".xml"}} {
		path := "/users/" + strconv.FormatInt(id, 10) + f.ending
		w := new(wire.Recorder)
		c := &call{d: d, w: w, r: wire.InnerGet(r, path), format: f.format}
		var v *userView
		err := c.view(func(tx *core.Tx) error {
			u, err := tx.UserIncludingDeleted(core.ByID(d.cfg.Realm, id))
			if err == nil {
				v, err = c.loadView(tx, u)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		c.writeReply(showUser(http.StatusOK, v))
		answers = append(answers, dialects.UserAnswer{
			Title: "OnApp, " + f.name, Path: path, Credentials: "-u LOGIN:PASSWORD", ContentType: w.Header().Get("Content-Type"), Body: w.Body.String(),
		})
	}
	return answers, nil
}
