package syncano

import (
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// groupKind is the kind of Syncano's groups.
const groupKind = "syncano.group"

// userView is a user with everything that this dialect shows of one.
type userView struct {
	user    *core.User
	profile dataObject
	groups  []*core.Group
	// sentUsername is the username as the client sent it, in the answer to its write.
	sentUsername string
	// key is the user key; "" if the user has none or the caller may not see it.
	key string
}

// maskedKey stands for a user key where the program's operator sees a user.
const maskedKey = "****************************************"

// maxViewed is the most instances that are searched for those of a realm.
const maxViewed = 1000

// ViewUser implements [dialects.UserViewer]: an answer in v1.1 and in v2 for each
// instance of the realm.
func (d *Dialect) ViewUser(r *http.Request, realm string, id int64) (answers []dialects.UserAnswer, err error) {
	err = d.dir.View(r.Context(), func(tx *core.Tx) error {
		answers = nil
		u, err := tx.User(core.ByID(core.Realm(realm), id))
		if err != nil {
			return err
		}
		rows, err := tx.Records(core.RecordQuery{Realm: accountsRealm, Kind: instanceKind, Limit: maxViewed})
		if err != nil {
			return err
		}
		for _, row := range rows {
			in, err := decodeInstance(row)
			if err != nil {
				return err
			}
			if in.Realm != u.Realm {
				continue
			}
			for _, root := range []string{"/v1.1/", "/v2/"} {
				a, err := d.viewUser(r, tx, in, u, root)
				if err != nil {
					return err
				}
				answers = append(answers, a)
			}
		}
		return nil
	})
	return answers, err
}

// viewUser is the user in one instance and version, for a caller with all rights.
func (d *Dialect) viewUser(r *http.Request, tx *core.Tx, in *instance, u *core.User, root string) (a dialects.UserAnswer, err error) {
	path := root + "instances/" + in.row.Key + "/users/" + strconv.FormatInt(u.ID, 10) + "/"
	c := &call{d: d, req: wire.InnerGet(r, path), v: versionOf(path), method: http.MethodGet, tx: tx, user: u}
	c.caller.role, c.caller.account = fullRole, &core.User{}
	c.setInstance(in)
	v, err := loadUserView(c, tx, u)
	if err != nil {
		return a, err
	}
	if v.key != "" {
		v.key = maskedKey
	}
	c.enc.Enc = wire.NewEnc(wire.Compact())
	defer c.enc.Release()
	c.enc.v, c.enc.files = c.v, files{c}
	c.enc.user(v)
	return dialects.UserAnswer{
		Title: "Syncano " + root[1:len(root)-1] + ", instance " + in.row.Key, Path: path,
		Credentials: "-H 'X-API-KEY: KEY'", ContentType: "application/json", Body: string(c.enc.Bytes()),
	}, nil
}
