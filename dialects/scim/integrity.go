package scim

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// CheckUser fails if the user's facet cannot be read.
func (d *Dialect) CheckUser(u *core.User) error {
	_, err := facetOf(u)
	return err
}

// CheckGroup fails if the group cannot be read.
func (d *Dialect) CheckGroup(g *core.Group) error {
	_, err := bodyOf(g)
	return err
}

// CheckRecord fails if the token cannot be read. Other records are plain texts.
func (d *Dialect) CheckRecord(r *core.Record) error {
	if r.Kind != kindToken || r.Realm == tokenRealm {
		return nil
	}
	_, err := decodeToken(r, r.Body.Text())
	return err
}
