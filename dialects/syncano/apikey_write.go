package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// readKey reads the body over the old values. In a full form, a flag that is
// not spoken of is false.
func readKey(c *call, old apiKey) (apiKey, error) {
	in, err := c.bodyObject()
	if err != nil {
		return old, err
	}
	p, full := &problems{}, c.method == http.MethodPut
	old.Description = c.text(in, "description", textRule{blank: true, max: 256}, p).Or(old.Description)
	old.IgnoreACL = c.flag(in, "ignore_acl", old.IgnoreACL, full, p)
	if !c.v.v2 {
		old.AllowUserCreate = c.flag(in, "allow_user_create", old.AllowUserCreate, full, p)
		old.AllowGroupCreate = c.flag(in, "allow_group_create", old.AllowGroupCreate, full, p)
		old.AllowAnonymousRead = c.flag(in, "allow_anonymous_read", old.AllowAnonymousRead, full, p)
	}
	return old, p.err()
}

func createKey(c *call) (reply, error) {
	body, err := readKey(c, apiKey{})
	if err != nil {
		return reply{}, err
	}
	key := newAPIKey(c.d.dir)
	var row *core.Record
	err = c.update(func(tx *core.Tx) error {
		row, err = addKey(tx, c.instance, key, body)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return created(func(e *encoder) { e.apiKey(row, &body) })
}

func saveKey(c *call) (reply, error) {
	old, err := decodeAPIKey(c.key)
	if err != nil {
		return reply{}, err
	}
	if _, err := readKey(c, *old); err != nil {
		return reply{}, err
	}
	return changeKey(c, func(_ *core.Tx, _ *core.Record, body *apiKey) (err error) {
		*body, err = readKey(c, *body)
		return err
	})
}

// changeKey changes the API key of the path and answers with it.
func changeKey(c *call, change func(*core.Tx, *core.Record, *apiKey) error) (reply, error) {
	var row *core.Record
	var body apiKey
	err := c.update(func(tx *core.Tx) (err error) {
		if row, err = tx.Record(core.RecordRef{Realm: c.key.Realm, Kind: apiKeyKind, ID: c.key.ID}); err != nil {
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
func resetKey(c *call) (reply, error) {
	key := newAPIKey(c.d.dir)
	return changeKey(c, func(tx *core.Tx, row *core.Record, _ *apiKey) error {
		if err := removeKeyIndex(tx, row.Key); err != nil {
			return err
		}
		row.Key = key
		return indexKey(tx, c.instance, key)
	})
}

func deleteKey(c *call) (reply, error) {
	return noContent(c.update(func(tx *core.Tx) error {
		row, err := tx.Record(core.RecordRef{Realm: c.key.Realm, Kind: apiKeyKind, ID: c.key.ID})
		if err != nil {
			return err
		}
		if err := removeKeyIndex(tx, row.Key); err != nil {
			return err
		}
		return tx.RemoveRecord(row)
	}))
}
