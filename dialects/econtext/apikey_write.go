package econtext

import (
	"cmp"
	"encoding/base64"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// An API key's id. See REFERENCE.md, "API keys".
const (
	keyAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	keyLength   = 25
)

// apiKeyInput is what a request says about an API key.
type apiKeyInput struct {
	id, secret string // of new keys; "" if one is to be made
	status     string // "" for none
	members    []wire.Member
}

func readAPIKey(in wire.Value) (k apiKeyInput, err error) {
	for _, name := range []string{memberName, memberDescription} {
		text, err := textField(in, name)
		if err != nil {
			return k, err
		}
		if text.Present() {
			k.members = append(k.members, wire.Member{Name: name, Value: orNull(text)})
		}
	}
	return k, nil
}

// readNewAPIKey ignores the status, but in the profile v2.
func (c *call) readNewAPIKey() (k apiKeyInput, err error) {
	in, err := c.readObject(false)
	if err != nil {
		return k, err
	}
	if k, err = readAPIKey(in); err != nil {
		return k, err
	}
	if c.d.v2 {
		if k.status, err = statusField(in); err != nil {
			return k, err
		}
	}
	if k.id, err = givenID(in, c.d.version.apiKeyID); err != nil {
		return k, err
	}
	k.secret, err = givenID(in, "secret")
	if strings.Contains(k.secret, "\x00") {
		return k, crash(textNULInSecret)
	}
	return k, err
}

// createAPIKey shows the secret this one time; only its hash is kept.
func createAPIKey(c *call) (reply, error) {
	in, err := c.readNewAPIKey()
	if err != nil {
		return nil, err
	}
	if in.id == "" {
		in.id = c.d.dir.NewKey(keyAlphabet, keyLength)
	}
	if in.secret == "" {
		in.secret = base64.StdEncoding.EncodeToString([]byte(c.d.dir.NewUID()))
	}
	// Authentication trims secrets too.
	hash, err := c.d.dir.HashSecret(c.Request().Context(), c.d.cfg.SecretCost, strings.TrimSpace(in.secret))
	if err != nil {
		return nil, err
	}
	var k *apiKeyView
	var owner *core.User
	err = c.update(func(tx *core.Tx) error {
		if owner, err = c.pathUser(tx); err != nil {
			return err
		}
		k, err = c.d.addKey(tx, in, owner, hash)
		return err
	})
	return apiKeyReply(k, owner, in.secret), err
}

// addKey stores the key, and so changes its owner.
func (d *Dialect) addKey(tx *core.Tx, in apiKeyInput, owner *core.User, hash string) (*apiKeyView, error) {
	r := &core.Record{Realm: d.realm, Kind: kindAPIKey, Key: in.id, Owner: owner.ID, Body: emptyDocument.with(append(in.members,
		wire.Member{Name: memberStatus, Value: wire.String(cmp.Or(in.status, statusEnabled))},
		wire.Member{Name: memberSecret, Value: wire.String(hash)},
	)...)}
	if err := tx.SaveRecord(r); err != nil {
		return nil, err
	}
	doc, err := documentOf(r.Body)
	if err != nil {
		return nil, err
	}
	f, err := facetOf(owner)
	if err != nil {
		return nil, err
	}
	f.withKey(r.ID).store(owner)
	return &apiKeyView{Record: r, doc: doc}, tx.SaveUser(owner)
}

// updateAPIKey looks for the key before it looks at the body, unlike the other updates.
func updateAPIKey(c *call) (reply, error) {
	if _, err := showAPIKey(c); err != nil {
		return nil, err
	}
	in, err := c.readObject(true)
	if err != nil {
		return nil, err
	}
	change, err := readAPIKey(in)
	if err != nil {
		return nil, err
	}
	status, err := statusField(in)
	if err != nil {
		return nil, err
	}
	if status != "" {
		change.members = append(change.members, wire.Member{Name: memberStatus, Value: wire.String(status)})
	}
	var k *apiKeyView
	var owner *core.User
	err = c.update(func(tx *core.Tx) error {
		if k, owner, err = c.pathKey(tx); err != nil || len(change.members) == 0 {
			return err
		}
		k.Body = k.doc.with(change.members...)
		if err := tx.SaveRecord(k.Record); err != nil {
			return err
		}
		k.doc, err = documentOf(k.Body)
		return err
	})
	return apiKeyReply(k, owner, ""), err
}

// deleteAPIKey does not count as a change of the owner, unlike a new key.
func deleteAPIKey(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		k, owner, err := c.pathKey(tx)
		if err != nil {
			return err
		}
		if k.doc.status != statusDisabled {
			return mustBeDisabled(kindAPIKey)
		}
		return removeKey(tx, k.Record, owner)
	})
	return flagReply("deleted"), err
}

// removeKey removes the key and keeps its owner's list of keys true.
func removeKey(tx *core.Tx, k *core.Record, owner *core.User) error {
	f, err := facetOf(owner)
	if err != nil {
		return err
	}
	f.withoutKey(k.ID).store(owner)
	if err := tx.SaveUserKeepingUpdatedAt(owner); err != nil {
		return err
	}
	return tx.RemoveRecord(k)
}
