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
func (k *call) loadEndpointLists(tx *core.Tx) (err error) {
	realm := k.instance.Realm
	if _, k.lists.users, err = findEndpointACL(tx, realm, aclUsers); err != nil {
		return err
	}
	k.lists.memberOf = nil // the view may run again
	if _, k.lists.groups, err = findEndpointACL(tx, realm, aclGroups); err != nil || k.who.user == nil {
		return err
	}
	list, err := tx.Memberships(core.MembershipQuery{Realm: realm, Kind: groupKind, Users: []int64{k.who.user.ID}})
	for _, m := range list {
		k.lists.memberOf = append(k.lists.memberOf, m.Group)
	}
	return err
}

// endpointAllows asks the endpoint's list whether a caller with an API key may
// do that at all.
func (k *call) endpointAllows(endpoint, action string) bool {
	if k.who.key == nil {
		return false
	}
	if k.who.key.IgnoreACL {
		return true
	}
	a, user := k.lists.users, int64(0)
	if endpoint == aclGroups {
		a = k.lists.groups
	}
	if k.who.user != nil {
		user = k.who.user.ID
	}
	return a.grants(action, user, k.lists.memberOf)
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

func showEndpointACL(k *call, name string) (reply, error) {
	_, a, err := findEndpointACL(k.tx, k.instance.Realm, name)
	if err != nil {
		return reply{}, err
	}
	return show(nil, func(e *encoder) {
		e.Obj().Key("acl")
		e.acl(a)
		e.End()
	})
}

func saveEndpointACL(k *call, name string) (reply, error) {
	in, err := k.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	input := readACL(in, endpointActions(), p)
	if input == nil && k.method == "PUT" {
		p.add("acl", msgRequired)
	}
	if err := p.err(); err != nil {
		return reply{}, err
	}
	shown := input
	err = k.d.dir.Update(k.req.Context(), func(tx *core.Tx) error {
		row, old, err := findEndpointACL(tx, k.instance.Realm, name)
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
