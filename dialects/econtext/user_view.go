package econtext

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// userView is a user with everything that is shown of it.
type userView struct {
	*core.User
	facet        *facet
	now          time.Time // the status depends on it
	applications []groupView
	groups       []groupView
	keys         []apiKeyView
	organization *groupView // nil: none
	// bareModified shows modified_at without its offset, as one answer of the
	// profile v2 does.
	bareModified bool
}

// apiKeyView is an API key with its decoded body.
type apiKeyView struct {
	*core.Record
	doc *document
}

// sort puts the lists in the order in which they are shown. The vendor's server
// has none; here it is the same at every call.
func (v *userView) sort() {
	byName := func(a, b groupView) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.UID, b.UID)) }
	slices.SortFunc(v.applications, byName)
	slices.SortFunc(v.groups, byName)
	slices.SortFunc(v.keys, func(a, b apiKeyView) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.Key, b.Key))
	})
}

// ViewUser implements [dialects.UserViewer].
func (d *Dialect) ViewUser(r *http.Request, realm string, id int64) ([]dialects.UserAnswer, error) {
	if realm != string(d.cfg.Realm) {
		return nil, nil
	}
	var v *userView
	err := d.dir.View(r.Context(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(d.cfg.Realm, id))
		if err == nil {
			v, err = d.loadUserView(tx, u)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	path := "/api/users/user/" + v.UID
	w := new(wire.Recorder)
	c := &call{Context: echo.New().NewContext(wire.InnerGet(r, path), w), d: d, started: d.dir.Now()}
	if err := c.writeReply(userReply(v)); err != nil {
		return nil, err
	}
	return []dialects.UserAnswer{{
		Title: "eContext", Path: path, Credentials: "-u USERNAME:PASSWORD", ContentType: contentType, Body: w.Body.String(),
	}}, nil
}
