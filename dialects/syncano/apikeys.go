package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func apiKeyEndpoints() []*endpoint {
	fields := []optionField{
		{name: "description", kind: "string", label: "Description", maxLength: 256},
		{name: "ignore_acl", kind: "boolean", label: "Ignore acl"},
		{name: "allow_user_create", kind: "boolean", label: "Allow user create"},
		{name: "allow_group_create", kind: "boolean", label: "Allow group create"},
		{name: "allow_anonymous_read", kind: "boolean", label: "Allow anonymous read"},
	}
	return []*endpoint{
		{path: "instances/:instance/api_keys/", title: "Api Key List", scope: instanceScope, verbs: []verb{
			{method: http.MethodGet, op: "api_keys.list", may: mayReadKeys, read: listKeys},
			{method: http.MethodPost, op: "api_keys.create", may: managers, act: createKey, fields: fields},
		}},
		{path: "instances/:instance/api_keys/:key/", title: "Api Key Instance", scope: instanceScope, verbs: []verb{
			{method: http.MethodGet, op: "api_keys.show", may: mayReadKeys, find: findKey, read: showKey},
			{method: http.MethodPut, op: "api_keys.update", may: managers, find: findKey, act: saveKey, fields: fields},
			{method: http.MethodPatch, op: "api_keys.patch", may: managers, find: findKey, act: saveKey},
			{method: http.MethodDelete, op: "api_keys.delete", may: managers, find: findKey, act: deleteKey},
		}},
		{path: "instances/:instance/api_keys/:key/reset_key/", title: "Api Key Reset Key", scope: instanceScope, verbs: []verb{
			{method: http.MethodPost, op: "api_keys.reset_key", may: managers, find: findKey, act: resetKey},
		}},
	}
}

func mayReadKeys(k *call) bool { return managers(k) || k.who.key != nil }

// findKey finds the API key of the path. An API key sees only itself.
func findKey(k *call, tx *core.Tx) (err error) {
	id := k.id("key")
	if k.who.key != nil && k.who.keyRow.ID != id {
		return errNotFound
	}
	k.key, err = findKeyOf(tx, k.instance, core.RecordRef{ID: id})
	return err
}

func (k *call) writeKey(row *core.Record, key *apiKey) {
	out := &k.out
	out.Obj()
	if out.want("id") {
		out.Int(row.ID)
	}
	if out.want("description") {
		out.Str(key.Description)
	}
	if out.want("api_key") {
		out.Str(row.Key)
	}
	if out.want("ignore_acl") {
		out.Bool(key.IgnoreACL)
	}
	if !k.v.v2 {
		k.writeFlags(key)
	}
	if out.want("created_at") {
		out.Time(row.CreatedAt, wire.MicrosZ)
	}
	if out.want("links") {
		out.Obj().Key("self")
		k.atID("api_keys/", row.ID, "/")
		out.Key("reset_key")
		k.atID("api_keys/", row.ID, "/reset_key/")
		out.End()
	}
	out.End()
}

func (k *call) writeFlags(key *apiKey) {
	if k.out.want("allow_user_create") {
		k.out.Bool(key.AllowUserCreate)
	}
	if k.out.want("allow_group_create") {
		k.out.Bool(key.AllowGroupCreate)
	}
	if k.out.want("allow_anonymous_read") {
		k.out.Bool(key.AllowAnonymousRead)
	}
}

func showKey(k *call, _ *core.Tx) error {
	key, err := decodeAPIKey(k.key)
	if err == nil {
		k.setFilter()
		k.writeKey(k.key, key)
	}
	return err
}

func listKeys(k *call, tx *core.Tx) error {
	p, err := k.page()
	if err != nil {
		return err
	}
	q, err := k.seenKeys(tx)
	if err != nil {
		return err
	}
	rows, err := p.Records(tx, q)
	if err != nil {
		return err
	}
	keys := make([]*apiKey, len(rows))
	for i, row := range rows {
		if keys[i], err = decodeAPIKey(row); err != nil {
			return err
		}
	}
	k.writePage(p, len(rows), func(i int) int64 { return rows[i].ID }, func(i int) { k.writeKey(rows[i], keys[i]) })
	return nil
}

// seenKeys is the keys that the caller may see: an API key only itself.
func (k *call) seenKeys(tx *core.Tx) (core.RecordQuery, error) {
	q := core.RecordQuery{Realm: k.instance.Realm, Kind: apiKeyKind}
	if k.who.key != nil {
		q.IDs = []int64{k.who.keyRow.ID}
		return q, nil
	}
	own, err := keysOf(tx, k.instance)
	q.IDs = idsOf(own, func(r *core.Record) int64 { return r.ID })
	return q, err
}
