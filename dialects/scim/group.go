package scim

import (
	"net/http"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// kindGroup is the kind of SCIM's own groups. No other dialect shows them, and no
// right follows from them.
const kindGroup = "scim.group"

// groupBody is what a group has besides its name.
type groupBody struct {
	value    wire.Value // as stored, with members of a newer version
	version  int64      // counts the changes, those of members included
	external wire.Value // externalIds by connection
}

// Names of the body's members.
const (
	bodyVersion  = "version"
	bodyExternal = "external_ids"
)

func bodyOf(g *core.Group) (*groupBody, error) { return core.Decoded(g.Body, decodeBody) }

func decodeBody(text []byte) (*groupBody, error) {
	if len(text) == 0 {
		return &groupBody{value: wire.Object()}, nil
	}
	v, err := wire.ParseJSON(text, wire.Limits{Values: maxValues})
	if err != nil {
		return nil, err
	}
	b := &groupBody{value: v}
	number, _ := v.Get(bodyVersion)
	b.version, _ = number.Int()
	b.external, _ = v.Get(bodyExternal)
	return b, nil
}

func (b *groupBody) document() *core.Document {
	v := wire.Object(b.value.Members()...)
	v.Set(bodyVersion, wire.Int(b.version))
	v.Set(bodyExternal, wire.Object(b.external.Members()...))
	return core.NewDocument(v.JSON())
}

// groupResource returns what SCIM shows of a group, but for the members.
func (c *call) groupResource(g *core.Group) (schema.Resource, error) {
	r := schema.Resource{attrDisplayName: wire.String(g.Name), schema.Schemas: wire.Array(wire.String(urnGroup))}
	if g.Kind != kindGroup { // of another dialect
		id := foreignID(g)
		r[schema.ID] = wire.String(id)
		r[schema.Meta] = meta("Group", g.CreatedAt, g.UpdatedAt, c.base()+groupPath(id), version(g.UpdatedAt.UnixMicro()))
		return r, nil
	}
	b, err := bodyOf(g)
	if err != nil {
		return nil, err
	}
	external, _ := b.external.Get(c.token.Name)
	r[schema.ID] = wire.String(g.UID)
	r[schema.Meta] = meta("Group", g.CreatedAt, g.UpdatedAt, c.base()+groupPath(g.UID), version(b.version))
	setText(r, schema.ExternalID, external.Text())
	return r, nil
}

// loadGroup returns a group as a resource. Its members are read only if they are wanted.
func (c *call) loadGroup(tx *core.Tx, g *core.Group, members bool) (schema.Resource, error) {
	r, err := c.groupResource(g)
	if err != nil || !members {
		return r, err
	}
	return r, c.addMembers(tx, []*core.Group{g}, []schema.Resource{r}, anyNumber)
}

// addMembers shows the members of groups: by one query for each kind of group, and then
// the users in portions. It fails if fit is false for the number of members.
func (c *call) addMembers(tx *core.Tx, groups []*core.Group, resources []schema.Resource, fit func(int) bool) error {
	members := map[groupRef][]int64{}
	var all []int64
	for kind, ids := range idsByKind(groups) {
		joined, err := tx.Memberships(core.MembershipQuery{Realm: c.realm(), Kind: kind, Groups: ids})
		if err != nil {
			return err
		}
		for _, m := range joined {
			ref := groupRef{kind, m.Group}
			members[ref] = append(members[ref], m.User)
			all = append(all, m.User)
		}
	}
	if !fit(len(all)) {
		return bad("tooMany", textPageTooLarge)
	}
	slices.Sort(all)
	users, err := usersByID(tx, c.realm(), slices.Compact(all))
	if err != nil {
		return err
	}
	for i, g := range groups {
		resources[i][attrMembers] = memberValues(c, members[groupRef{g.Kind, g.ID}], users)
	}
	return nil
}

func anyNumber(int) bool { return true }

// groupRef identifies a group of the realm.
type groupRef struct {
	kind string
	id   int64
}

func idsByKind(groups []*core.Group) map[string][]int64 {
	ids := map[string][]int64{}
	for _, g := range groups {
		ids[g.Kind] = append(ids[g.Kind], g.ID)
	}
	return ids
}

// memberValues shows members in the order of ids. Users who are marked as deleted
// are left out.
func memberValues(c *call, ids []int64, users map[int64]*core.User) wire.Value {
	items := make([]wire.Value, 0, len(ids))
	for _, id := range ids {
		if u := users[id]; u != nil {
			items = append(items, wire.Object(
				wire.Member{Name: "value", Value: wire.String(u.UID)},
				wire.Member{Name: "$ref", Value: wire.String(c.base() + userPath(u.UID))},
				wire.Member{Name: "type", Value: wire.String("User")},
			))
		}
	}
	return wire.Array(items...)
}

// usersByID reads users in portions.
func usersByID(tx *core.Tx, realm core.Realm, ids []int64) (map[int64]*core.User, error) {
	found := make(map[int64]*core.User, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), scanBatch)
		users, err := tx.Users(core.UserQuery{Realm: realm, IDs: ids[:n]})
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			found[u.ID] = u
		}
		ids = ids[n:]
	}
	return found, nil
}

// pathGroup is the group that the path names.
func (c *call) pathGroup(tx *core.Tx) (*core.Group, error) {
	if !isID(c.id) {
		return nil, notFound()
	}
	return c.groupByID(tx, c.id)
}

// pathGroupToWrite is pathGroup for a change, which groups of other dialects refuse.
func (c *call) pathGroupToWrite(tx *core.Tx) (*core.Group, error) {
	g, err := c.pathGroup(tx)
	if err == nil && g.Kind != kindGroup {
		return nil, &failure{status: http.StatusForbidden, detail: textForeignGroup}
	}
	return g, err
}

func showGroup(c *call) (*reply, error) {
	p, err := c.projection(c.types.groups)
	if err != nil {
		return nil, err
	}
	if p.Shows(attrMembers) {
		if err := dialects.BeginAnswer(c.w); err != nil {
			return nil, err
		}
	}
	var shown schema.Resource
	err = c.view(func(tx *core.Tx) error {
		g, err := c.pathGroup(tx)
		if err == nil {
			shown, err = c.loadGroup(tx, g, p.Shows(attrMembers))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.unlessCached(c.resourceReply(0, c.types.groups, shown, p)), nil
}
