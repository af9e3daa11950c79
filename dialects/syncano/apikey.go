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

func mayReadKeys(c *call) bool { return managers(c) || c.caller.key != nil }

// findKey finds the API key of the path. An API key sees only itself.
func findKey(c *call, tx *core.Tx) (err error) {
	id := c.id("key")
	if c.caller.key != nil && c.caller.keyRow.ID != id {
		return errNotFound
	}
	c.key, err = findKeyOf(tx, c.instance, core.RecordRef{ID: id})
	return err
}

func (e *encoder) apiKey(row *core.Record, key *apiKey) {
	e.Obj().Key("id").Int(row.ID).Key("description").Str(key.Description).Key("api_key").Str(row.Key)
	e.Key("ignore_acl").Bool(key.IgnoreACL)
	if !e.v.v2 {
		e.Key("allow_user_create").Bool(key.AllowUserCreate).Key("allow_group_create").Bool(key.AllowGroupCreate)
		e.Key("allow_anonymous_read").Bool(key.AllowAnonymousRead)
	}
	e.Key("created_at").Time(row.CreatedAt, wire.MicrosZ).Key("links").Obj().Key("self")
	e.linkID("api_keys/", row.ID, "/")
	e.Key("reset_key")
	e.linkID("api_keys/", row.ID, "/reset_key/")
	e.End().End()
}

func showKey(c *call) (reply, error) {
	key, err := decodeAPIKey(c.key)
	if err != nil {
		return reply{}, err
	}
	return show(apiKeyShape, func(e *encoder) { e.apiKey(c.key, key) })
}

func listKeys(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	q, err := c.seenKeys(c.tx)
	if err != nil {
		return reply{}, err
	}
	rows, err := p.Records(c.tx, q)
	if err != nil {
		return reply{}, err
	}
	keys := make([]*apiKey, len(rows))
	for i, row := range rows {
		if keys[i], err = decodeAPIKey(row); err != nil {
			return reply{}, err
		}
	}
	return c.showPage(p, len(rows), apiKeyShape, func(i int) int64 { return rows[i].ID }, func(e *encoder, i int) { e.apiKey(rows[i], keys[i]) })
}

// seenKeys is the keys that the caller may see: an API key only itself.
func (c *call) seenKeys(tx *core.Tx) (core.RecordQuery, error) {
	q := core.RecordQuery{Realm: c.instance.Realm, Kind: apiKeyKind}
	if c.caller.key != nil {
		q.IDs = []int64{c.caller.keyRow.ID}
		return q, nil
	}
	own, err := keysOf(tx, c.instance)
	q.IDs = idsOf(own, func(r *core.Record) int64 { return r.ID })
	return q, err
}
