package econtext

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
)

// keyRef names an API key by its id.
func (d *Dialect) keyRef(id string) core.RecordRef {
	return core.RecordRef{Realm: d.realm, Kind: kindAPIKey, Key: id}
}

// pathKey finds the API key that the path names, which must be the user's.
func (c *call) pathKey(tx *core.Tx) (*apiKeyView, *core.User, error) {
	u, err := c.pathUser(tx)
	if err != nil {
		return nil, nil, err
	}
	r, err := tx.Record(c.d.keyRef(c.param("apikeyid")))
	if errors.Is(err, core.ErrNotFound) || err == nil && r.Owner != u.ID {
		return nil, nil, c.unknown(kindAPIKey)
	}
	if err != nil {
		return nil, nil, err
	}
	doc, err := documentOf(r.Body)
	return &apiKeyView{Record: r, doc: doc}, u, err
}

func showAPIKey(c *call) (reply, error) {
	var k *apiKeyView
	var owner *core.User
	err := c.view(func(tx *core.Tx) (err error) {
		k, owner, err = c.pathKey(tx)
		return err
	})
	return apiKeyReply(k, owner, ""), err
}

func apiKeyReply(k *apiKeyView, owner *core.User, secret string) reply {
	return func(e *encoder) error {
		e.RawKey("apikey")
		e.apiKey(k, owner.UID, secret)
		return nil
	}
}

// apiKey writes an API key. Only a new one has its secret.
func (e *encoder) apiKey(k *apiKeyView, owner, secret string) {
	e.Obj()
	for _, key := range e.c.d.version.apiKey {
		if key == "secret" && secret == "" {
			continue
		}
		e.RawKey(key)
		switch key {
		case "id":
			e.Str(k.Key)
		case "secret":
			e.Str(secret)
		case "name":
			e.Raw(k.doc.name)
		case "description":
			e.Raw(k.doc.description)
		case "status":
			e.Str(k.doc.status)
		case "href":
			e.href("/api/users/user/", owner, "/apikey/", k.Key)
		case "created_at":
			e.time(k.CreatedAt)
		case "modified_at":
			e.time(k.UpdatedAt)
		}
	}
	e.End()
}
