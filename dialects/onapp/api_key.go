package onapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
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

// KeyForm says what PrepareKey needs.
func (d *Dialect) KeyForm() dialects.KeyForm { return dialects.KeyForm{Owner: "User name or address"} }

// PrepareKey returns the function that gives an API key to the user whom the request calls the owner,
// who must have none: see RevokeKey.
func (d *Dialect) PrepareKey(_ context.Context, req dialects.KeyRequest) (add func(*core.Tx) (dialects.NewKey, error), err error) {
	if len(req.Rights) > 0 {
		return nil, fmt.Errorf("unknown right %q: an API key has the rights of its user", req.Rights[0])
	}
	key := d.dir.NewKey(keyAlphabet, keyLength)
	return func(tx *core.Tx) (made dialects.NewKey, err error) {
		u, _, err := tx.ByLogin(d.cfg.Realm, req.Owner, false)
		if err != nil {
			return made, err
		}
		if u.Handle(handleKey) != "" {
			return made, errKeyExists
		}
		u.SetHandle(handleKey, keyDigest(key))
		return dialects.NewKey{ID: strconv.FormatInt(u.ID, 10), Login: u.Email, Secret: key}, tx.SaveUser(u)
	}, nil
}

var errKeyExists = &core.Error{Kind: core.Conflict, Subject: "user", Err: errors.New("the user has an API key already: revoke it first")}

// Keys lists API keys. The id of a key is that of its user, and of one of the further keys of version
// 6.5 its own behind a slash. It fails with NotFound if the owner does not exist.
func (d *Dialect) Keys(tx *core.Tx, q dialects.KeyQuery) (keys []dialects.Key, err error) {
	holders := core.UserQuery{Realm: d.cfg.Realm, Deleted: true, HandleKind: handleKey, Limit: q.Limit}
	further := core.RecordQuery{Realm: d.cfg.Realm, Kind: kindKey, Limit: q.Limit}
	if q.Owner != "" {
		u, _, err := tx.ByLogin(d.cfg.Realm, q.Owner, false)
		if err != nil {
			return nil, err
		}
		holders.IDs, further.Owners = []int64{u.ID}, []int64{u.ID}
	} else if q.Any {
		holders.Order = core.OrderHandle
	}
	users, err := tx.Users(holders)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		keys = append(keys, keyOf(u))
	}
	rows, err := tx.Records(further)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		u, err := tx.UserIncludingDeleted(core.ByID(r.Realm, r.Owner))
		if err != nil {
			return nil, err
		}
		keys = append(keys, furtherKeyOf(u, r))
	}
	return keys, nil
}

func keyOf(u *core.User) dialects.Key {
	return dialects.Key{
		ID: strconv.FormatInt(u.ID, 10), Dialect: dialectName, Realm: string(u.Realm), Owner: u.Username, Rights: []string{},
	}
}

func furtherKeyOf(u *core.User, r *core.Record) dialects.Key {
	k := keyOf(u)
	k.ID += "/" + strconv.FormatInt(r.ID, 10)
	k.CreatedAt = r.CreatedAt
	return k
}

// RevokeKey takes an API key away and returns it. It fails with NotFound if there is none of that id.
func (d *Dialect) RevokeKey(tx *core.Tx, id string) (k dialects.Key, err error) {
	owner, further, isFurther := strings.Cut(id, "/")
	n, err := strconv.ParseInt(owner, 10, 64)
	if err != nil {
		return k, core.ErrNotFound
	}
	u, err := tx.UserIncludingDeleted(core.ByID(d.cfg.Realm, n))
	switch {
	case err != nil:
		return k, err
	case isFurther:
		return revokeFurtherKey(tx, u, further)
	case u.Handle(handleKey) == "":
		return k, core.ErrNotFound
	}
	u.SetHandle(handleKey, "")
	return keyOf(u), tx.SaveUser(u)
}

func revokeFurtherKey(tx *core.Tx, u *core.User, id string) (k dialects.Key, err error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return k, core.ErrNotFound
	}
	r, err := tx.Record(core.RecordRef{Realm: u.Realm, Kind: kindKey, ID: n})
	if err != nil || r.Owner != u.ID {
		return k, core.ErrNotFound
	}
	return furtherKeyOf(u, r), tx.RemoveRecord(r)
}
