package sqldb

import "github.com/dragoman-gateway/dragoman/core"

// ListRealms lists the realms that something was ever stored in.
func (t *tx) ListRealms() (realms []core.Realm, err error) {
	err = t.query("select name from realms order by no", nil, func(r Row) error {
		realms = append(realms, core.Realm(r.Text(0)))
		return nil
	})
	return realms, err
}
