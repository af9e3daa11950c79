package scim

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// readUser reads a whole user, as POST and PUT send it.
func (c *call) readUser() (body wire.Value, r schema.Resource, p schema.Projection, err error) {
	if p, err = c.projection(c.types.users); err != nil {
		return body, nil, p, err
	}
	if body, err = c.readObject(); err != nil {
		return body, nil, p, err
	}
	if r, err = c.types.users.Read(body); err != nil {
		return body, nil, p, err
	}
	return body, r, p, c.checkUser(r)
}

// checkUser refuses a user that lacks what is required.
func (c *call) checkUser(r schema.Resource) error {
	if r[attrUserName].Text() == "" {
		return bad(schema.InvalidValue, `The attribute "userName" is required.`)
	}
	if v, ok := r[attrPassword]; ok && !v.IsNull() && v.Text() == "" {
		return bad(schema.InvalidValue, `The attribute "password" is blank.`)
	}
	return c.types.users.OnePrimary(r)
}

func createUser(c *call) (*reply, error) {
	_, want, p, err := c.readUser()
	if err != nil {
		return nil, err
	}
	if _, ok := want[attrActive]; !ok {
		want[attrActive] = wire.Bool(true)
	}
	var shown schema.Resource
	err = c.update(func(tx *core.Tx) error {
		u := &core.User{Realm: c.realm()}
		if err := applyUser(c, tx, u, schema.Resource{}, want); err != nil {
			return err
		}
		if err := tx.AddUser(u); err != nil { // which makes the records that find it
			return err
		}
		shown, err = c.loadUser(tx, u, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.resourceReply(http.StatusCreated, c.types.users, shown, p), nil
}

// pathUser is the user that the path names.
func (c *call) pathUser(tx *core.Tx) (*core.User, error) {
	if !isID(c.id) {
		return nil, notFound()
	}
	return tx.User(core.ByUID(c.realm(), c.id))
}

// isID reports whether a text can be an id. Not every store takes any text.
func isID(id string) bool {
	return id != "" && utf8.ValidString(id) && !strings.ContainsRune(id, 0)
}

func showUser(c *call) (*reply, error) {
	p, err := c.projection(c.types.users)
	if err != nil {
		return nil, err
	}
	var shown schema.Resource
	err = c.view(func(tx *core.Tx) error {
		u, err := c.pathUser(tx)
		if err == nil {
			shown, err = c.loadUser(tx, u, p.Shows(attrGroups))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.unlessCached(c.resourceReply(http.StatusOK, c.types.users, shown, p)), nil
}

// replaceUser is PUT: what is omitted is cleared, but for the password, which no client
// can send back, active, and the customer's own attributes.
func replaceUser(c *call) (*reply, error) {
	body, sent, p, err := c.readUser()
	if err != nil {
		return nil, err
	}
	return changeUser(c, p, func(old schema.Resource) (schema.Resource, error) {
		want := sent.Clone()
		if _, ok := want[attrActive]; !ok {
			keep(want, old, attrActive)
		}
		if !sends(body, urnCustom) {
			keep(want, old, urnCustom)
		}
		return want, nil
	})
}

// keep makes want have the attribute as old has it.
func keep(want, old schema.Resource, key string) {
	if v, ok := old[key]; ok {
		want[key] = v
	} else {
		delete(want, key)
	}
}

// sends reports whether a body has the member, in any case of letters, and not null.
func sends(body wire.Value, name string) bool {
	for _, m := range body.Members() {
		if strings.EqualFold(m.Name, name) {
			return !m.Value.IsNull()
		}
	}
	return false
}

// changeUser stores what to makes of the path's user. Writes that change nothing are
// not stored, so that the version stays.
func changeUser(c *call, p schema.Projection, to func(old schema.Resource) (schema.Resource, error)) (*reply, error) {
	var shown schema.Resource
	err := c.update(func(tx *core.Tx) error {
		u, err := c.pathUser(tx)
		if err != nil {
			return err
		}
		if err := c.checkVersion(version(u.Revision)); err != nil {
			return err
		}
		old, err := c.userResource(u, tx.Now())
		if err != nil {
			return err
		}
		want, err := to(old)
		if err != nil {
			return err
		}
		if err := c.saveUser(tx, u, old, want); err != nil {
			return err
		}
		shown, err = c.loadUser(tx, u, p.Shows(attrGroups))
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.resourceReply(http.StatusOK, c.types.users, shown, p), nil
}

func (c *call) saveUser(tx *core.Tx, u *core.User, old, want schema.Resource) error {
	before := u.Clone()
	if err := applyUser(c, tx, u, old, want); err != nil {
		return err
	}
	if !differs(before, u) {
		return nil
	}
	if err := tx.SaveUser(u); err != nil {
		return err
	}
	f, err := facetOf(before)
	if err != nil {
		return err
	}
	return index(tx, u, f)
}

func deleteUser(c *call) (*reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, err := c.pathUser(tx)
		if err != nil {
			return err
		}
		if err := c.checkVersion(version(u.Revision)); err != nil {
			return err
		}
		return tx.RemoveUser(u)
	})
	return &reply{status: http.StatusNoContent}, err
}
