package econtext

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
	_, err := documentOf(g.Body)
	return err
}

// CheckRecord fails if the record cannot be read.
func (d *Dialect) CheckRecord(r *core.Record) error {
	_, err := documentOf(r.Body)
	return err
}
