package dialecttest

import "github.com/dragoman-gateway/dragoman/core"

// faultyTx asks its store before each write whether this is the one to fail.
type faultyTx struct {
	core.StoreTx
	store *faulty
}

func (tx *faultyTx) unless(write func() error) error {
	if err := tx.store.write(); err != nil {
		return err
	}
	return write()
}

// PutUser implements core.StoreTx, as do the others.
func (tx *faultyTx) PutUser(u *core.User) error {
	return tx.unless(func() error { return tx.StoreTx.PutUser(u) })
}

func (tx *faultyTx) DropUser(realm core.Realm, id int64) error {
	return tx.unless(func() error { return tx.StoreTx.DropUser(realm, id) })
}

func (tx *faultyTx) PutGroup(g *core.Group) error {
	return tx.unless(func() error { return tx.StoreTx.PutGroup(g) })
}

func (tx *faultyTx) DropGroup(realm core.Realm, kind string, id int64) error {
	return tx.unless(func() error { return tx.StoreTx.DropGroup(realm, kind, id) })
}

func (tx *faultyTx) Join(m *core.Membership) error {
	return tx.unless(func() error { return tx.StoreTx.Join(m) })
}

func (tx *faultyTx) Leave(m core.Membership) error {
	return tx.unless(func() error { return tx.StoreTx.Leave(m) })
}

func (tx *faultyTx) PutRecord(r *core.Record) error {
	return tx.unless(func() error { return tx.StoreTx.PutRecord(r) })
}

func (tx *faultyTx) DropRecord(realm core.Realm, kind string, id int64) error {
	return tx.unless(func() error { return tx.StoreTx.DropRecord(realm, kind, id) })
}

func (tx *faultyTx) DropRealm(realm core.Realm) error {
	return tx.unless(func() error { return tx.StoreTx.DropRealm(realm) })
}
