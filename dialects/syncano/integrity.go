package syncano

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// CheckUser fails if the facet of the user or account cannot be read.
func (d *Dialect) CheckUser(u *core.User) error {
	text := u.Facets.Get(Name).Text()
	if u.Realm == accountsRealm {
		_, err := decodeJSON[accountBody](text)
		return err
	}
	_, err := decodeFacet(text)
	return err
}

// CheckGroup fails if the group cannot be read.
func (d *Dialect) CheckGroup(g *core.Group) error {
	_, err := decodeJSON[groupBody](g.Body.Text())
	return err
}

// CheckRecord fails if the record cannot be read.
func (d *Dialect) CheckRecord(r *core.Record) (err error) {
	switch {
	case r.Kind == instanceKind:
		_, err = decodeInstance(r)
	case r.Kind == apiKeyKind:
		_, err = decodeAPIKey(r)
	case r.Kind == keyIndexKind:
		_, err = decodeJSON[keyIndex](r.Body.Text())
	case r.Kind == roleKind:
		_, err = decodeJSON[roleBody](r.Body.Text())
	case r.Kind == realmKind:
		_, err = decodeJSON[realmBody](r.Body.Text())
	case r.Kind == endpointACLKind:
		_, err = decodeNew[acl](r.Body.Text())
	case r.Kind == schema.ClassKind:
		_, err = schema.DecodeClass(r)
	case strings.HasPrefix(r.Kind, schema.ObjectKind("")):
		_, err = decodeObject(r)
	}
	return err
}
