package syncano

import (
	"errors"
	"net/http"
	"strconv"

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
	q, err := seenKeys(c, c.tx)
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
	return showPage(c, p, len(rows), apiKeyShape, func(i int) int64 { return rows[i].ID }, func(e *encoder, i int) { e.apiKey(rows[i], keys[i]) })
}

// seenKeys is the keys that the caller may see: an API key only itself.
func seenKeys(c *call, tx *core.Tx) (core.RecordQuery, error) {
	q := core.RecordQuery{Realm: c.instance.Realm, Kind: apiKeyKind}
	if c.caller.key != nil {
		q.IDs = []int64{c.caller.keyRow.ID}
		return q, nil
	}
	own, err := keysOf(tx, c.instance)
	q.IDs = idsOf(own, func(r *core.Record) int64 { return r.ID })
	return q, err
}

// Kinds of record: an API key in its instance's realm, whose Key is the key
// itself, and in accountsRealm where to find the instance of a key.
const (
	apiKeyKind   = "syncano.api_key"
	keyIndexKind = "syncano.api_key_index"
)

// SecretKinds returns the kinds of record whose keys are secret. User keys and account
// keys are handles.
func SecretKinds() []core.SecretKind {
	return []core.SecretKind{{Kind: apiKeyKind, Key: true}, {Kind: keyIndexKind, Key: true}}
}

// apiKey is the stored form of an API key, all but the key itself.
type apiKey struct {
	Description        string `json:"description"`
	IgnoreACL          bool   `json:"ignore_acl"`
	AllowUserCreate    bool   `json:"allow_user_create"`
	AllowGroupCreate   bool   `json:"allow_group_create"`
	AllowAnonymousRead bool   `json:"allow_anonymous_read"`
}

// keyIndex is the stored form of an index entry.
type keyIndex struct {
	Instance int64 `json:"instance"` // the instance's record in accountsRealm
}

func decodeAPIKey(row *core.Record) (*apiKey, error) {
	return core.Decoded(row.Body, decodeNew[apiKey])
}

// findKeyAnywhere finds an API key when the path names no instance.
func findKeyAnywhere(tx *core.Tx, key string) (*core.Record, error) {
	in, err := instanceOfKey(tx, key)
	if err != nil {
		return nil, err
	}
	return tx.Record(core.RecordRef{Realm: in.Realm, Kind: apiKeyKind, Key: key})
}

// instanceOfKey finds the instance that an API key belongs to.
func instanceOfKey(tx *core.Tx, key string) (*instance, error) {
	index, err := indexOfKey(tx, key)
	if err != nil {
		return nil, err
	}
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: instanceKind, ID: index.Instance})
	if err != nil {
		return nil, err
	}
	return decodeInstance(row)
}

func indexOfKey(tx *core.Tx, key string) (index keyIndex, err error) {
	entry, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: keyIndexKind, Key: key})
	if err != nil {
		return index, err
	}
	return core.Decoded(entry.Body, decodeJSON[keyIndex])
}

// holds reports whether the key is the instance's, and not that of another one
// which speaks for the same realm.
func (in *instance) holds(tx *core.Tx, key string) (bool, error) {
	index, err := indexOfKey(tx, key)
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil && index.Instance == in.row.ID, err
}

// findKeyOf finds an API key of the instance, by the key or by its id.
func findKeyOf(tx *core.Tx, in *instance, ref core.RecordRef) (*core.Record, error) {
	ref.Realm, ref.Kind = in.Realm, apiKeyKind
	row, err := tx.Record(ref)
	if err != nil {
		return nil, err
	}
	ours, err := in.holds(tx, row.Key)
	if err == nil && !ours {
		err = core.ErrNotFound
	}
	return row, err
}

// keysOf lists the API keys of the instance.
func keysOf(tx *core.Tx, in *instance) ([]*core.Record, error) {
	rows, err := tx.Records(core.RecordQuery{Realm: in.Realm, Kind: apiKeyKind})
	if err != nil {
		return nil, err
	}
	own := make([]*core.Record, 0, len(rows))
	for _, row := range rows {
		ours, err := in.holds(tx, row.Key)
		if err != nil {
			return nil, err
		}
		if ours {
			own = append(own, row)
		}
	}
	return own, nil
}

// addKey stores a new API key with its index entry.
func addKey(tx *core.Tx, in *instance, key string, body apiKey) (*core.Record, error) {
	if err := indexKey(tx, in, key); err != nil {
		return nil, err
	}
	row := &core.Record{Realm: in.Realm, Kind: apiKeyKind, Key: key, Body: document(body)}
	return row, tx.SaveRecord(row)
}

// indexKey makes the key known where no instance is named.
func indexKey(tx *core.Tx, in *instance, key string) error {
	return tx.SaveRecord(&core.Record{Realm: accountsRealm, Kind: keyIndexKind, Key: key, Body: document(keyIndex{in.row.ID})})
}

// removeKeyIndex makes the key unknown outside of its instance.
func removeKeyIndex(tx *core.Tx, key string) error {
	entry, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: keyIndexKind, Key: key})
	if err != nil {
		return err
	}
	return tx.RemoveRecord(entry)
}

// hexDigits is the alphabet of all keys; the last digit says whose it is.
const (
	hexDigits  = "0123456789abcdef"
	evenDigits = "02468ace"
	oddDigits  = "13579bdf"
)

// newAPIKey makes a random API key of an instance.
func newAPIKey(dir *core.Directory) string {
	return dir.NewKey(hexDigits, keyLength-1) + dir.NewKey(oddDigits, 1)
}

// newEvenKey makes a random account key or user key.
func newEvenKey(dir *core.Directory) string {
	return dir.NewKey(hexDigits, keyLength-1) + dir.NewKey(evenDigits, 1)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
