package syncano

import (
	"encoding/json"

	"github.com/dragoman-gateway/dragoman/core"
)

// Endpoints that have a list of their own, by the last part of their path.
const (
	aclUsers  = "users"
	aclGroups = "groups"
)

// endpointACLKind is the kind of record that keeps an endpoint's list; its Key
// is the endpoint.
const endpointACLKind = "syncano.endpoint_acl"

func endpointActions() []string { return []string{"get", "list", "create", "update", "delete"} }

// defaultEndpointACL is what an instance is born with.
func defaultEndpointACL(endpoint string) *acl {
	if endpoint == aclGroups {
		return &acl{All: []string{"get", "list", "update", "delete"}}
	}
	return &acl{All: endpointActions()}
}

func findEndpointACL(tx *core.Tx, realm core.Realm, endpoint string) (*core.Record, *acl, error) {
	row, err := tx.Record(core.RecordRef{Realm: realm, Kind: endpointACLKind, Key: endpoint})
	if core.KindOf(err) == core.NotFound && err != nil {
		return &core.Record{Realm: realm, Kind: endpointACLKind, Key: endpoint}, defaultEndpointACL(endpoint), nil
	}
	if err != nil {
		return nil, nil, err
	}
	a, err := core.Decoded(row.Body, decodeNew[acl])
	return row, a, err
}

// endpointLists is what v2's rules need to know of a caller with an API key.
type endpointLists struct {
	users, groups *acl
	memberOf      []int64
}

// loadEndpointLists reads the endpoints' lists, and the caller's groups.
func loadEndpointLists(c *call, tx *core.Tx) (err error) {
	realm := c.instance.Realm
	if _, c.lists.users, err = findEndpointACL(tx, realm, aclUsers); err != nil {
		return err
	}
	c.lists.memberOf = nil // the view may run again
	if _, c.lists.groups, err = findEndpointACL(tx, realm, aclGroups); err != nil || c.caller.user == nil {
		return err
	}
	list, err := tx.Memberships(core.MembershipQuery{Realm: realm, Kind: groupKind, Users: []int64{c.caller.user.ID}})
	for _, m := range list {
		c.lists.memberOf = append(c.lists.memberOf, m.Group)
	}
	return err
}

// endpointAllows asks the endpoint's list whether a caller with an API key may
// do that at all. Only v2 has such lists.
func (c *call) endpointAllows(endpoint, action string) bool {
	if c.caller.key == nil || !c.v.v2 {
		return false
	}
	if c.caller.key.IgnoreACL {
		return true
	}
	a, user := c.lists.users, int64(0)
	if endpoint == aclGroups {
		a = c.lists.groups
	}
	if c.caller.user != nil {
		user = c.caller.user.ID
	}
	return a.grants(action, user, c.lists.memberOf)
}

func aclEndpoints() []*endpoint {
	var list []*endpoint
	for _, name := range []string{aclUsers, aclGroups} {
		list = append(list, &endpoint{path: "instances/:instance/" + name + "/acl/", title: "Acl", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: "GET", op: name + ".show_acl", may: readers, read: func(k *call) (reply, error) { return showEndpointACL(k, name) }},
			{method: "PUT", op: name + ".update_acl", may: writers, act: func(k *call) (reply, error) { return saveEndpointACL(k, name) }},
			{method: "PATCH", op: name + ".patch_acl", may: writers, act: func(k *call) (reply, error) { return saveEndpointACL(k, name) }},
		}})
	}
	return list
}

func showEndpointACL(c *call, name string) (reply, error) {
	_, a, err := findEndpointACL(c.tx, c.instance.Realm, name)
	if err != nil {
		return reply{}, err
	}
	return show(nil, func(e *encoder) {
		e.Obj().Key("acl")
		e.acl(a)
		e.End()
	})
}

func saveEndpointACL(c *call, name string) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	input := readACL(in, endpointActions(), p)
	if input == nil && c.method == "PUT" {
		p.add("acl", msgRequired)
	}
	if err := p.err(); err != nil {
		return reply{}, err
	}
	shown := input
	err = c.update(func(tx *core.Tx) error {
		row, old, err := findEndpointACL(tx, c.instance.Realm, name)
		if err != nil || input == nil {
			shown = old
			return err
		}
		row.Body = core.NewDocument(json.RawMessage(input.json()))
		return tx.SaveRecord(row)
	})
	if err != nil {
		return reply{}, err
	}
	return show(nil, func(e *encoder) {
		e.Obj().Key("acl")
		e.acl(shown)
		e.End()
	})
}
