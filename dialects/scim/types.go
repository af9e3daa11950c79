package scim

import (
	"fmt"
	"strings"
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// types are the resource types of a realm.
type types struct {
	users, groups *schema.ResourceType
	// all is the type of lists of users and groups: what one lacks has no value there.
	all *schema.ResourceType
}

func newTypes(declared []schema.Attribute) *types {
	t := &types{users: userType(declared), groups: groupType()}
	t.all = allType(t.users, t.groups)
	return t
}

func (t *types) list() []*schema.ResourceType { return []*schema.ResourceType{t.users, t.groups} }

// schemas lists the tables of all resource types.
func (t *types) schemas() (all []*schema.Schema) {
	for _, r := range t.list() {
		all = append(append(all, r.Core), r.Extensions...)
	}
	return all
}

// typeCache keeps the types of realms, which seldom change, by what they declare.
type typeCache struct {
	mu    sync.Mutex
	types map[string]*types
}

// maxCachedTypes bounds how many types are kept: those of as many realms whose clients
// declare different attributes.
const maxCachedTypes = 256

// typesOf returns the types of a realm, with the attributes that the configuration
// declares and those that the clients of other dialects do.
func (d *Dialect) typesOf(tx *core.Tx, realm core.Realm) (*types, error) {
	declared, err := tx.DeclaredAttributes(realm)
	if err != nil {
		return nil, err
	}
	key := ""
	if len(declared) > 0 {
		key = fmt.Sprint(declared)
	}
	d.cache.mu.Lock()
	defer d.cache.mu.Unlock()
	if t := d.cache.types[key]; t != nil {
		return t, nil
	}
	if d.cache.types == nil || len(d.cache.types) >= maxCachedTypes {
		d.cache.types = map[string]*types{}
	}
	t := newTypes(d.attributes(declared))
	d.cache.types[key] = t
	return t, nil
}

// attributes are the rows of the custom extension. The configuration's come first, and
// of two whose names differ only in case the first is declared.
func (d *Dialect) attributes(declared []core.Declaration) (rows []schema.Attribute) {
	seen := map[string]bool{attrOther: true, schema.Schemas: true}
	add := func(a schema.Attribute) {
		if folded := strings.ToLower(a.Name); schema.IsName(a.Name) && !seen[folded] {
			seen[folded] = true
			rows = append(rows, a)
		}
	}
	for _, a := range d.cfg.Attributes {
		add(schema.Attribute{Name: a.Name, Type: schema.Type(a.Type), Multi: a.Multi, Description: "An attribute of the customer's."})
	}
	names := map[core.AttributeType]schema.Type{
		core.TextAttribute: schema.String, core.IntegerAttribute: schema.Integer, core.DecimalAttribute: schema.Decimal,
		core.BooleanAttribute: schema.Boolean, core.TimeAttribute: schema.DateTime,
	}
	for _, a := range declared {
		add(schema.Attribute{Name: a.Name, Type: names[a.Type], Description: "An attribute that a client declared."})
	}
	return rows
}
