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
func findOwnInstance(k *call, tx *core.Tx) error {
	in, err := findInstance(tx, k.echo.Param("instance"))
	if err != nil {
		return err
	}
	if k.who.key != nil && k.who.keyRow.Realm != in.Realm {
		return errNotFound
	}
	if k.who.account != nil {
		if k.who.role, err = in.roleOf(tx, k.who.account); err != nil {
			return err
		}
		if k.who.role == noRole {
			return errNotFound
		}
	}
	k.setInstance(in)
	return nil
}

func findManagedInstance(k *call, tx *core.Tx) error { return findWithRole(k, tx, fullRole) }

func findOwnedInstance(k *call, tx *core.Tx) error { return findWithRole(k, tx, ownerRole) }

func findWithRole(k *call, tx *core.Tx, least role) error {
	if err := findOwnInstance(k, tx); err != nil {
		return err
	}
	if k.who.role < least {
		return errForbidden
	}
	return nil
}

func listInstances(k *call) (reply, error) {
	p, err := k.page()
	if err != nil {
		return reply{}, err
	}
	list, err := k.instancesOfPage(k.tx, p)
	if err != nil {
		return reply{}, err
	}
	return k.showPage(p, len(list), instanceShape, func(i int) int64 { return list[i].row.ID }, func(e *encoder, i int) { e.instance(list[i]) })
}

// instancesOfPage loads the caller's instances. They are few: an account's own
// are limited, and those it was invited to are as many as its roles.
func (k *call) instancesOfPage(tx *core.Tx, p *query.Page) ([]shownInstance, error) {
	roles, err := k.instanceRoles(tx)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	q := core.RecordQuery{Realm: accountsRealm, Kind: instanceKind, IDs: slices.Sorted(maps.Keys(roles))}
	prefix := k.query().Get("name__startswith")
	rows, err := scanPage(k, p, func(at query.Range) ([]*core.Record, error) {
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
			list[i], err = k.shownOf(tx, in, roles[row.ID])
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// instanceRoles returns the ids of the caller's instances with its role in each.
func (k *call) instanceRoles(tx *core.Tx) (map[int64]role, error) {
	if k.who.key != nil {
		in, err := instanceOfKey(tx, k.who.keyRow.Key)
		if err != nil {
			return nil, err
		}
		return map[int64]role{in.row.ID: noRole}, nil
	}
	owners := []int64{k.who.account.ID}
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
