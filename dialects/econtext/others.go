package econtext

import "github.com/dragoman-gateway/dragoman/core"

func (d *Dialect) otherRoutes() []route {
	return []route{
		{"/authenticate", justPost, post("authenticate", authenticate)},
		{"/status", justGet, get("status", showStatus)},
		{"/ping", justGet, get("ping", ping)},
	}
}

func ping(*call) (reply, error) {
	return replyFunc(func(a *answer) error {
		a.RawKey("ping").Str("pong")
		return nil
	}), nil
}

// showStatus asks the store for something, so that a dead one is seen.
func showStatus(k *call) (reply, error) {
	err := k.view(func(tx *core.Tx) error {
		_, err := tx.Users(core.UserQuery{Realm: k.d.realm, Limit: 1})
		return err
	})
	return replyFunc(func(a *answer) error {
		a.RawKey("mapper-name").Str(k.d.cfg.StoreName)
		a.RawKey("mapper-connection").Bool(true)
		return nil
	}), err
}
