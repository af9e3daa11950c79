package syncano

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
)

func instanceEndpoints() []*endpoint {
	fields := []optionField{
		{name: "name", kind: "string", label: "Name", required: true, maxLength: 64},
		{name: "description", kind: "string", label: "Description", maxLength: 256},
		{name: "metadata", kind: "field", label: "Metadata"},
	}
	return []*endpoint{
		{path: "instances/", title: "Instance List", verbs: []verb{
			{method: http.MethodGet, op: "instances.list", may: anyKey, read: listInstances},
			{method: http.MethodPost, op: "instances.create", may: anyAccount, act: createInstance, fields: fields},
		}},
		{path: "instances/:instance/", title: "Instance Instance", verbs: []verb{
			{method: http.MethodGet, op: "instances.show", may: anyKey, find: findOwnInstance, read: showInstance},
			{method: http.MethodPut, op: "instances.update", may: anyAccount, find: findManagedInstance, act: saveInstance, fields: fields[1:]},
			{method: http.MethodPatch, op: "instances.patch", may: anyAccount, find: findManagedInstance, act: saveInstance},
			{method: http.MethodDelete, op: "instances.delete", may: anyAccount, find: findOwnedInstance, act: deleteInstance},
		}},
		{path: "instances/:instance/rename/", title: "Instance Rename", verbs: []verb{
			{method: http.MethodPost, op: "instances.rename", may: anyAccount, find: findOwnedInstance, act: renameInstance},
		}},
	}
}

// findOwnInstance finds the instance of the path, if the caller has anything to
// do with it; to all others it is not there.
func findOwnInstance(c *call, tx *core.Tx) error {
	in, err := findInstance(tx, c.echo.Param("instance"))
	if err != nil {
		return err
	}
	if c.caller.key != nil && c.caller.keyRow.Realm != in.Realm {
		return errNotFound
	}
	if c.caller.account != nil {
		if c.caller.role, err = in.roleOf(tx, c.caller.account); err != nil {
			return err
		}
		if c.caller.role == noRole {
			return errNotFound
		}
	}
	c.setInstance(in)
	return nil
}

func findManagedInstance(c *call, tx *core.Tx) error { return findWithRole(c, tx, fullRole) }

func findOwnedInstance(c *call, tx *core.Tx) error { return findWithRole(c, tx, ownerRole) }

func findWithRole(c *call, tx *core.Tx, least role) error {
	if err := findOwnInstance(c, tx); err != nil {
		return err
	}
	if c.caller.role < least {
		return errForbidden
	}
	return nil
}

func listInstances(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	list, err := c.instancesOfPage(c.tx, p)
	if err != nil {
		return reply{}, err
	}
	return c.showPage(p, len(list), instanceShape, func(i int) int64 { return list[i].row.ID }, func(e *encoder, i int) { e.instance(list[i]) })
}

// instancesOfPage loads the caller's instances. They are few: an account's own
// are limited, and those it was invited to are as many as its roles.
func (c *call) instancesOfPage(tx *core.Tx, p *query.Page) ([]shownInstance, error) {
	roles, err := c.instanceRoles(tx)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	q := core.RecordQuery{Realm: accountsRealm, Kind: instanceKind, IDs: slices.Sorted(maps.Keys(roles))}
	prefix := c.query().Get("name__startswith")
	rows, err := scanPage(c, p, func(at query.Range) ([]*core.Record, error) {
		q.AfterID, q.BeforeID, q.Desc, q.Limit = at.After, at.Before, at.Desc, at.Limit
		return tx.Records(q)
	}, func(r *core.Record) int64 { return r.ID }, func(r *core.Record) bool { return strings.HasPrefix(r.Key, prefix) })
	if err != nil {
		return nil, err
	}
	list := make([]shownInstance, len(rows))
	for i, row := range rows {
		in, err := decodeInstance(row)
		if err == nil {
			list[i], err = c.shownOf(tx, in, roles[row.ID])
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// instanceRoles returns the ids of the caller's instances with its role in each.
func (c *call) instanceRoles(tx *core.Tx) (map[int64]role, error) {
	if c.caller.key != nil {
		in, err := instanceOfKey(tx, c.caller.keyRow.Key)
		if err != nil {
			return nil, err
		}
		return map[int64]role{in.row.ID: noRole}, nil
	}
	owners := []int64{c.caller.account.ID}
	owned, err := tx.Records(core.RecordQuery{Realm: accountsRealm, Kind: instanceKind, Owners: owners})
	if err != nil {
		return nil, err
	}
	roles := map[int64]role{}
	for _, row := range owned {
		roles[row.ID] = ownerRole
	}
	given, err := tx.Records(core.RecordQuery{Realm: accountsRealm, Kind: roleKind, Owners: owners})
	for _, row := range given {
		if body, err := core.Decoded(row.Body, decodeJSON[roleBody]); err == nil {
			roles[body.Instance] = body.Role
		}
	}
	return roles, err
}
