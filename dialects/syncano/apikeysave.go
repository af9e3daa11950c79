package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// readKey reads the body over the old values. In a full form, a flag that is
// not spoken of is false.
func (k *call) readKey(old apiKey) (apiKey, error) {
	in, err := k.bodyObject()
	if err != nil {
		return old, err
	}
	p, full := &problems{}, k.method == http.MethodPut
	old.Description = k.text(in, "description", textRule{blank: true, max: 256}, p).Or(old.Description)
	old.IgnoreACL = k.flag(in, "ignore_acl", old.IgnoreACL, full, p)
	if !k.v.v2 {
		old.AllowUserCreate = k.flag(in, "allow_user_create", old.AllowUserCreate, full, p)
		old.AllowGroupCreate = k.flag(in, "allow_group_create", old.AllowGroupCreate, full, p)
		old.AllowAnonymousRead = k.flag(in, "allow_anonymous_read", old.AllowAnonymousRead, full, p)
	}
	return old, p.err()
}

func createKey(k *call) (reply, error) {
	body, err := k.readKey(apiKey{})
	if err != nil {
		return reply{}, err
	}
	key := newAPIKey(k.d.dir)
	var row *core.Record
	err = k.d.dir.Update(k.req.Context(), func(tx *core.Tx) error {
		row, err = addKey(tx, k.instance, key, body)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return created(func(e *encoder) { e.apiKey(row, &body) })
}

func saveKey(k *call) (reply, error) {
	old, err := decodeAPIKey(k.key)
	if err != nil {
		return reply{}, err
	}
	if _, err := k.readKey(*old); err != nil {
		return reply{}, err
	}
	return k.changeKey(func(_ *core.Tx, _ *core.Record, body *apiKey) (err error) {
		*body, err = k.readKey(*body)
		return err
	})
}

// changeKey changes the API key of the path and answers with it.
func (k *call) changeKey(change func(*core.Tx, *core.Record, *apiKey) error) (reply, error) {
	var row *core.Record
	var body apiKey
	err := k.d.dir.Update(k.req.Context(), func(tx *core.Tx) (err error) {
		if row, err = tx.Record(core.RecordRef{Realm: k.key.Realm, Kind: apiKeyKind, ID: k.key.ID}); err != nil {
			return err
		}
		stored, err := decodeAPIKey(row)
		if err != nil {
			return err
		}
		body = *stored
		if err := change(tx, row, &body); err != nil {
			return err
		}
		row.Body = document(body)
		return tx.SaveRecord(row)
	})
	if err != nil {
		return reply{}, err
	}
	return show(nil, func(e *encoder) { e.apiKey(row, &body) })
}

// resetKey replaces the key itself; the old one is unknown at once.
func resetKey(k *call) (reply, error) {
	key := newAPIKey(k.d.dir)
	return k.changeKey(func(tx *core.Tx, row *core.Record, _ *apiKey) error {
		if err := removeKeyIndex(tx, row.Key); err != nil {
			return err
		}
		row.Key = key
		return indexKey(tx, k.instance, key)
	})
}

func deleteKey(k *call) (reply, error) {
	return noContent(k.d.dir.Update(k.req.Context(), func(tx *core.Tx) error {
		row, err := tx.Record(core.RecordRef{Realm: k.key.Realm, Kind: apiKeyKind, ID: k.key.ID})
		if err != nil {
			return err
		}
		if err := removeKeyIndex(tx, row.Key); err != nil {
			return err
		}
		return tx.RemoveRecord(row)
	}))
}
