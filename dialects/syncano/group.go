package syncano

import (
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
)

func groupEndpoints() []*endpoint {
	fields := []optionField{
		{name: "name", kind: "slug", label: "Name", maxLength: 64},
		{name: "label", kind: "string", label: "Label", maxLength: 64},
		{name: "description", kind: "string", label: "Description", maxLength: 256},
	}
	return []*endpoint{
		{path: "instances/:instance/groups/", title: "Group List", scope: instanceScope, verbs: []verb{
			{method: http.MethodGet, op: "groups.list", may: mayListGroups, read: listGroups},
			{method: http.MethodPost, op: "groups.create", may: mayCreateGroups, act: createGroup, fields: fields},
		}},
		{path: "instances/:instance/groups/:group/", title: "Group Instance", scope: instanceScope, verbs: []verb{
			{method: http.MethodGet, op: "groups.show", may: mayShowGroups, find: findGroup, read: showGroup},
			{method: http.MethodPut, op: "groups.update", may: mayUpdateGroups, find: findGroup, act: saveGroup, fields: fields},
			{method: http.MethodPatch, op: "groups.patch", may: mayUpdateGroups, find: findGroup, act: saveGroup},
			{method: http.MethodDelete, op: "groups.delete", may: mayDeleteGroups, find: findGroup, act: deleteGroup},
		}},
	}
}

func findGroup(c *call, tx *core.Tx) (err error) {
	c.group, err = tx.Group(core.GroupRef{Realm: c.instance.Realm, Kind: groupKind, ID: c.id("group")})
	return err
}

func showGroup(c *call) (reply, error) {
	return show(groupShape, func(e *encoder) { e.group(c.group) })
}

func listGroups(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	groups, err := groupsOfPage(c, c.tx, p)
	if err != nil {
		return reply{}, err
	}
	return showPage(c, p, len(groups), groupShape, func(i int) int64 { return groups[i].ID }, func(e *encoder, i int) { e.group(groups[i]) })
}

func groupsOfPage(c *call, tx *core.Tx, p *query.Page) ([]*core.Group, error) {
	q := core.GroupQuery{Realm: c.instance.Realm, Kind: groupKind}
	prefix := c.query().Get("label__startswith")
	if prefix == "" {
		return p.Groups(tx, q)
	}
	return scanPage(c, p, func(at query.Range) ([]*core.Group, error) {
		q.AfterID, q.BeforeID, q.Desc, q.Limit = at.After, at.Before, at.Desc, at.Limit
		return tx.Groups(q)
	}, func(g *core.Group) int64 { return g.ID }, func(g *core.Group) bool { return strings.HasPrefix(g.Name, prefix) })
}

// groupBody is the stored form of a group, except for its name (the Key) and label
// (the Name).
type groupBody struct {
	Description string `json:"description,omitempty"`
}

// groupBodyOf decodes what is stored of a group; a broken document reads as none.
func groupBodyOf(g *core.Group) groupBody {
	if g.Body == nil {
		return groupBody{}
	}
	body, err := core.Decoded(g.Body, decodeJSON[groupBody])
	if err != nil {
		return groupBody{}
	}
	return body
}
