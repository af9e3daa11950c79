package onapp

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// kindKey is the kind of the records that hold API keys of version 6.5 and later: Key is the key's
// SHA-256.
const kindKey = "onapp.api_key"

// maxKeys is how many such keys a user can have. See REFERENCE.md, "API keys".
const maxKeys = 100

// makeKey replaces the user's API key and shows the new one, this once.
func makeKey(c *call) (reply, error) {
	key := c.d.dir.NewKey(keyAlphabet, keyLength)
	var v *userView
	err := c.update(func(tx *core.Tx) error {
		u, err := c.targetUser(tx, c.id("id"), mayMakeKeys)
		if err != nil {
			return err
		}
		u.SetHandle(handleKey, keyDigest(key))
		if err := tx.SaveUser(u); err != nil {
			return err
		}
		if v, err = c.loadView(tx, u); err == nil {
			v.apiKey = key
		}
		return err
	})
	return showUser(http.StatusOK, v), err
}

// generateKey adds an API key. Only a caller with a key may, and only for other users.
func generateKey(c *call) (reply, error) {
	key := c.d.dir.NewKey(keyAlphabet, keyLength)
	err := c.update(func(tx *core.Tx) error {
		u, err := c.targetUser(tx, c.id("id"), mayMakeKeys)
		if err != nil {
			return err
		}
		if err := require(c.byKey && u.ID != c.user.ID); err != nil {
			return err
		}
		n, err := tx.CountRecords(core.RecordQuery{Realm: u.Realm, Kind: kindKey, Owners: []int64{u.ID}})
		if err != nil {
			return err
		}
		if n >= maxKeys {
			return core.NewInvalid(baseFault(messageTooManyKeys))
		}
		return tx.SaveRecord(&core.Record{
			Realm: u.Realm, Kind: kindKey, Key: keyDigest(key), Owner: u.ID, Body: core.NewDocument([]byte("{}")),
		})
	})
	shown := showHash(func(e stream) { e.Str("api_key", key) })
	shown.secret = true
	return shown, err
}
