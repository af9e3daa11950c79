package sqldb

import "errors"

// Image returns the content of the store at one moment, with all updates that have
// returned, in a form of the engine's. It fails for an engine that has no such form.
func (db *DB) Image() ([]byte, error) {
	if err := db.lifetime.enter(); err != nil {
		return nil, err
	}
	defer db.lifetime.leave()
	if e, ok := db.engine.(interface{ Image() ([]byte, error) }); ok {
		return e.Image()
	}
	return nil, errors.New("sqldb: the engine has no images")
}

// Rest releases what the store needs while it is used: memory and files. It opens them
// again when it is used. Only stores of images can rest.
func (db *DB) Rest() error {
	if err := db.lifetime.enter(); err != nil {
		return err
	}
	defer db.lifetime.leave()
	if e, ok := db.engine.(interface{ Rest() error }); ok {
		return e.Rest()
	}
	return nil
}
