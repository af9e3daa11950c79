package econtext

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func (d *Dialect) apiKeyRoutes() []route {
	return []route{
		{"/users/user/:userid/apikey", whole("apikeyid"), post("apikeys.create", createAPIKey)},
		{"/users/user/:userid/apikey/:apikeyid", whole("apikeyid"),
			one("apikeys", showAPIKey, updateAPIKey, deleteAPIKey)},
	}
}

// pathKey finds the key that the path names, which must be the user's own.
func (k *call) pathKey(tx *core.Tx) (*key, *core.User, error) {
	u, err := k.pathUser(tx)
	if err != nil {
		return nil, nil, err
	}
	r, err := tx.Record(k.d.keyRef(k.param("apikeyid")))
	if errors.Is(err, core.ErrNotFound) || err == nil && r.Owner != u.ID {
		return nil, nil, k.unknown(kindAPIKey)
	}
	if err != nil {
		return nil, nil, err
	}
	doc, err := documentOf(r.Body)
	return &key{Record: r, doc: doc}, u, err
}

func keyReply(shown *key, owner *core.User) reply {
	return replyFunc(func(a *answer) error {
		a.RawKey("apikey")
		a.apiKey(shown, owner.UID, "")
		return nil
	})
}

func showAPIKey(k *call) (reply, error) {
	var found *key
	var owner *core.User
	err := k.view(func(tx *core.Tx) (err error) {
		found, owner, err = k.pathKey(tx)
		return err
	})
	return keyReply(found, owner), err
}

// updateAPIKey looks for the key before it looks at the body, unlike the other updates.
func updateAPIKey(k *call) (reply, error) {
	if _, err := showAPIKey(k); err != nil {
		return nil, err
	}
	in, err := k.change()
	if err != nil {
		return nil, err
	}
	changes, err := keyChanges(in)
	if err != nil {
		return nil, err
	}
	var changed *key
	var owner *core.User
	err = k.update(func(tx *core.Tx) error {
		if changed, owner, err = k.pathKey(tx); err != nil || len(changes) == 0 {
			return err
		}
		changed.Body = changed.doc.with(changes...)
		if err := tx.SaveRecord(changed.Record); err != nil {
			return err
		}
		changed.doc, err = documentOf(changed.Body)
		return err
	})
	return keyReply(changed, owner), err
}

func keyChanges(in wire.Value) (changes []wire.Member, err error) {
	name, description, err := nameAndDescription(in)
	if err != nil {
		return nil, err
	}
	word, err := statusMember(in)
	if err != nil {
		return nil, err
	}
	if name.Present() {
		changes = append(changes, wire.Member{Name: memberName, Value: orNull(name)})
	}
	if description.Present() {
		changes = append(changes, wire.Member{Name: memberDescription, Value: orNull(description)})
	}
	if word != "" {
		changes = append(changes, wire.Member{Name: memberStatus, Value: wire.String(word)})
	}
	return changes, nil
}

func deleteAPIKey(k *call) (reply, error) {
	err := k.update(func(tx *core.Tx) error {
		found, owner, err := k.pathKey(tx)
		if err != nil {
			return err
		}
		if found.doc.status != statusDisabled {
			return conflict("ApiKey must be disabled before deletion is possible")
		}
		return removeKey(tx, found.Record, owner)
	})
	return replyFunc(deleted), err
}

// removeKey does not count as a change of the owner, unlike a new key.
func removeKey(tx *core.Tx, r *core.Record, owner *core.User) error {
	f, err := faceOf(owner)
	if err != nil {
		return err
	}
	f.withoutKey(r.ID).store(owner)
	if err := tx.SaveUserKeepingUpdatedAt(owner); err != nil {
		return err
	}
	return tx.RemoveRecord(r)
}
