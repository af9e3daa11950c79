package econtext

import "github.com/dragoman-gateway/dragoman/core"

func ping(*call) (reply, error) {
	return func(e *encoder) error {
		e.RawKey("ping").Str("pong")
		return nil
	}, nil
}

// showStatus reads from the store, so that a broken one is noticed.
func showStatus(c *call) (reply, error) {
	err := c.view(func(tx *core.Tx) error {
		_, err := tx.Users(core.UserQuery{Realm: c.d.realm, Limit: 1})
		return err
	})
	return func(e *encoder) error {
		e.RawKey("mapper-name").Str(c.d.cfg.StoreName)
		e.RawKey("mapper-connection").Bool(true)
		return nil
	}, err
}
