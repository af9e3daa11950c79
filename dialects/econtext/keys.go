package econtext

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// KeyForm says what PrepareKey needs.
func (d *Dialect) KeyForm() dialects.KeyForm {
	return dialects.KeyForm{Owner: "User name or address", Name: true}
}

// PrepareKey returns the function that makes an API key of the user whom the request
// calls the owner.
func (d *Dialect) PrepareKey(ctx context.Context, req dialects.KeyRequest) (add func(*core.Tx) (dialects.NewKey, error), err error) {
	if len(req.Rights) > 0 {
		return nil, fmt.Errorf("unknown right %q: an API key has the rights of its user", req.Rights[0])
	}
	in := apiKeyInput{id: d.dir.NewKey(keyAlphabet, keyLength), secret: base64.StdEncoding.EncodeToString([]byte(d.dir.NewUID()))}
	if req.Name != "" {
		in.members = []wire.Member{{Name: memberName, Value: wire.String(req.Name)}}
	}
	hash, err := d.dir.HashSecret(ctx, d.cfg.SecretCost, in.secret)
	if err != nil {
		return nil, err
	}
	return func(tx *core.Tx) (dialects.NewKey, error) {
		owner, _, err := tx.ByLogin(d.realm, req.Owner, false)
		if err == nil {
			_, err = d.addKey(tx, in, owner, hash)
		}
		return dialects.NewKey{ID: in.id, Login: in.id, Secret: in.secret}, err
	}, nil
}

// Keys lists API keys of users. It fails with NotFound if the owner does not exist.
func (d *Dialect) Keys(tx *core.Tx, q dialects.KeyQuery) ([]dialects.Key, error) {
	records := core.RecordQuery{Realm: d.realm, Kind: kindAPIKey, Limit: q.Limit}
	if q.Owner != "" {
		owner, _, err := tx.ByLogin(d.realm, q.Owner, false)
		if err != nil {
			return nil, err
		}
		records.Owners = []int64{owner.ID}
	}
	rows, err := tx.Records(records)
	if err != nil {
		return nil, err
	}
	keys := make([]dialects.Key, len(rows))
	for i, r := range rows {
		if keys[i], err = d.keyOf(tx, r); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func (d *Dialect) keyOf(tx *core.Tx, r *core.Record) (dialects.Key, error) {
	k := dialects.Key{ID: r.Key, Dialect: Name, Realm: string(r.Realm), Rights: []string{}, CreatedAt: r.CreatedAt}
	owner, err := tx.UserIncludingDeleted(core.ByID(r.Realm, r.Owner))
	if err != nil {
		return k, err
	}
	k.Owner = owner.Username
	doc, err := documentOf(r.Body)
	if err == nil {
		k.Name = member(doc.value, memberName).Text()
	}
	return k, err
}

// RevokeKey removes an API key, whatever its status, and returns it. It fails with
// NotFound if there is none.
func (d *Dialect) RevokeKey(tx *core.Tx, id string) (k dialects.Key, err error) {
	r, err := tx.Record(d.keyRef(id))
	if err != nil {
		return k, err
	}
	if k, err = d.keyOf(tx, r); err != nil {
		return k, err
	}
	owner, err := tx.UserIncludingDeleted(core.ByID(r.Realm, r.Owner))
	if err != nil {
		return k, err
	}
	return k, removeKey(tx, r, owner)
}
