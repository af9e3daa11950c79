package scim

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// Shown is a user or a group as SCIM shows it.
type Shown struct {
	// Number orders the objects of a list: the next page begins behind the last one's.
	Number int64
	// ID is the object's id.
	ID string
	// JSON is the whole representation.
	JSON []byte
}

// Viewer shows a realm's users and groups without a request. Links begin with the
// dialect's BaseURL, or with a slash if it has none.
type Viewer struct{ c *call }

// View returns a viewer of what a token shows, which need not be stored.
func (d *Dialect) View(t Token) *Viewer { return &Viewer{&call{d: d, token: &t}} }

// Users returns up to limit users with a higher number than after, in the order of
// their numbers.
func (v *Viewer) Users(tx *core.Tx, after int64, limit int) ([]Shown, error) {
	users, err := tx.Users(core.UserQuery{Realm: v.c.realm(), AfterID: after, Limit: limit})
	if err == nil {
		v.c.types, err = v.c.d.typesOf(tx, v.c.realm())
	}
	if err != nil {
		return nil, err
	}
	resources, err := v.c.loadUsers(tx, users, true)
	all := make([]Shown, 0, len(users))
	for i, r := range resources {
		all = append(all, shown(v.c.types.users, users[i].ID, r))
	}
	return all, err
}

// Groups returns up to limit groups with their members, as Users does. Those of other
// dialects, of a token that shows them, come last.
func (v *Viewer) Groups(tx *core.Tx, after int64, limit int) ([]Shown, error) {
	groups, err := v.c.groupsBehind(tx, after, limit)
	if err == nil {
		v.c.types, err = v.c.d.typesOf(tx, v.c.realm())
	}
	if err != nil {
		return nil, err
	}
	resources := make([]schema.Resource, len(groups))
	for i, g := range groups {
		if resources[i], err = v.c.groupResource(g); err != nil {
			return nil, err
		}
	}
	if err := v.c.addMembers(tx, groups, resources, anyNumber); err != nil {
		return nil, err
	}
	all := make([]Shown, 0, len(groups))
	for i, g := range groups {
		all = append(all, shown(v.c.types.groups, v.c.groupNumber(g), resources[i]))
	}
	return all, nil
}

func shown(t *schema.ResourceType, number int64, r schema.Resource) Shown {
	e := wire.NewEnc(wire.Compact())
	defer e.Release()
	t.Encode(e, r)
	return Shown{Number: number, ID: r[schema.ID].Text(), JSON: append([]byte(nil), e.Bytes()...)}
}
