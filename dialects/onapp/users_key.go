package onapp

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// kindKey is the kind of the records that hold API keys of version 6.5 and later: Key is the key's SHA-256.
const kindKey = "onapp.api_key"

// maxKeys is how many such keys a user can have. source: vendor reference, API keys.
const maxKeys = 100

// makeKey gives the user a new API key in place of the old one, and shows it this once.
func makeKey(c *call) (reply, error) {
	key := c.d.dir.NewKey(keyAlphabet, keyLength)
	v, err := c.amend(mayMakeKeys, func(_ *core.Tx, u *core.User, _ *facet) error {
		u.SetHandle(handleKey, keyDigest(key))
		return nil
	})
	v.apiKey = key
	return showUser(http.StatusOK, v), err
}

// generateKey gives the user one more API key. Only a caller who came with a key may, and only for others.
func generateKey(c *call) (reply, error) {
	key := c.d.dir.NewKey(keyAlphabet, keyLength)
	err := c.update(func(tx *core.Tx) error {
		u, err := c.target(tx, c.id("id"), mayMakeKeys)
		if err != nil {
			return err
		}
		if err := forbidden(!c.keyed || u.ID == c.user.ID); err != nil {
			return err
		}
		return addKey(tx, u, key)
	})
	return reply{status: http.StatusOK, write: func(doc *document) error {
		doc.Hash()
		doc.Str("api_key", key)
		doc.End()
		return nil
	}}, err
}

func addKey(tx *core.Tx, u *core.User, key string) error {
	n, err := tx.CountRecords(core.RecordQuery{Realm: u.Realm, Kind: kindKey, Owners: []int64{u.ID}})
	if err != nil {
		return err
	}
	if n >= maxKeys {
		return core.NewInvalid(core.Fault{Field: fieldBase, Value: baseTooManyKeys})
	}
	return tx.SaveRecord(&core.Record{
		Realm: u.Realm, Kind: kindKey, Key: keyDigest(key), Owner: u.ID, Body: core.NewDocument([]byte("{}")),
	})
}
