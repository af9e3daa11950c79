package econtext

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// keyAlphabet and keyLength make an API key's id. Source: vendor reference, apikeys.
const (
	keyAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	keyLength   = 25
)

// newAPIKey is a request to create an API key.
type newAPIKey struct {
	id, secret, hash  string
	status            string
	name, description wire.Field[string]
}

func (k *call) newAPIKey() (n *newAPIKey, err error) {
	in, err := k.object()
	if err != nil {
		return nil, err
	}
	n = &newAPIKey{}
	if n.name, n.description, err = nameAndDescription(in); err != nil {
		return nil, err
	}
	if n.status, err = k.newKeyStatus(in); err != nil {
		return nil, err
	}
	if n.id, err = givenID(in, k.keyIDMember()); err != nil {
		return nil, err
	}
	if n.secret, err = givenID(in, "secret"); strings.Contains(n.secret, "\x00") {
		return nil, crash("A secret cannot hold a NUL character")
	}
	return n, err
}

// keyIDMember is what the undocumented id of a new key is called.
func (k *call) keyIDMember() string {
	if k.d.v2 {
		return "key"
	}
	return "id"
}

// newKeyStatus is ENABLED, whatever the request says, but in the profile v2.
func (k *call) newKeyStatus(in wire.Value) (string, error) {
	if !k.d.v2 {
		return statusEnabled, nil
	}
	word, err := statusMember(in)
	return or(word, statusEnabled), err
}

func nameAndDescription(in wire.Value) (name, description wire.Field[string], err error) {
	if name, err = textMember(in, memberName); err != nil {
		return name, description, err
	}
	description, err = textMember(in, memberDescription)
	return name, description, err
}

// createAPIKey shows the secret this one time; only its hash is kept.
func createAPIKey(k *call) (reply, error) {
	n, err := k.newAPIKey()
	if err != nil {
		return nil, err
	}
	if err := k.view(func(tx *core.Tx) error { return k.checkNewKey(tx, n) }); err != nil {
		return nil, err
	}
	n.complete(k.d.dir)
	// Blanks around it do not count: an attempt to authenticate is trimmed too.
	secret := strings.TrimSpace(n.secret)
	if n.hash, err = k.d.dir.HashSecret(k.ctx(), k.d.cfg.SecretCost, secret); err != nil {
		return nil, err
	}
	var made *key
	var owner string
	err = k.update(func(tx *core.Tx) error {
		made, owner, err = k.storeKey(tx, n)
		return err
	})
	return replyFunc(func(a *answer) error {
		a.RawKey("apikey")
		a.apiKey(made, owner, n.secret)
		return nil
	}), err
}

func (n *newAPIKey) complete(dir *core.Directory) {
	if n.id == "" {
		n.id = dir.NewKey(keyAlphabet, keyLength)
	}
	if n.secret == "" {
		n.secret = base64.StdEncoding.EncodeToString([]byte(dir.NewUID()))
	}
}

// checkNewKey finds the user, and nobody who has the id already.
func (k *call) checkNewKey(tx *core.Tx, n *newAPIKey) error {
	if _, err := k.pathUser(tx); err != nil || n.id == "" {
		return err
	}
	_, err := tx.Record(k.d.keyRef(n.id))
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return taken(kindAPIKey, core.FieldKey)
}

func (d *Dialect) keyRef(id string) core.RecordRef {
	return core.RecordRef{Realm: d.realm, Kind: kindAPIKey, Key: id}
}

// storeKey adds the key, and so changes its owner.
func (k *call) storeKey(tx *core.Tx, n *newAPIKey) (*key, string, error) {
	if err := k.checkNewKey(tx, n); err != nil {
		return nil, "", err
	}
	u, err := k.pathUser(tx)
	if err != nil {
		return nil, "", err
	}
	r := &core.Record{Realm: k.d.realm, Kind: kindAPIKey, Key: n.id, Owner: u.ID, Body: emptyDocument.with(
		wire.Member{Name: memberName, Value: orNull(n.name)},
		wire.Member{Name: memberDescription, Value: orNull(n.description)},
		wire.Member{Name: memberStatus, Value: wire.String(n.status)},
		wire.Member{Name: memberSecret, Value: wire.String(n.hash)},
	)}
	if err := tx.SaveRecord(r); err != nil {
		return nil, "", err
	}
	doc, err := documentOf(r.Body)
	if err != nil {
		return nil, "", err
	}
	f, err := faceOf(u)
	if err != nil {
		return nil, "", err
	}
	f.withKey(r.ID).store(u)
	return &key{Record: r, doc: doc}, u.UID, tx.SaveUser(u)
}

func orNull(f wire.Field[string]) wire.Value {
	if s, ok := f.Get(); ok {
		return wire.String(s)
	}
	return wire.Value{}
}
