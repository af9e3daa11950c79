package core

import (
	"context"
	"slices"
	"strconv"
)

// Provisioner gives each user what one dialect needs of it, such as a key or a
// profile, whichever dialect creates the user. So a read never has to write.
type Provisioner interface {
	// Name is the dialect's name. It must stay the same between versions.
	Name() string
	// Provision gives u, which has its ID, what it lacks. It may set handles and
	// facets, which the caller stores, and save records. It must do nothing for
	// a user that lacks nothing or that is in a realm the dialect does not serve.
	// It may run again, as every function of an Update.
	Provision(tx *Tx, u *User) error
}

// Remover is a [Provisioner] that keeps something outside of the store for users.
type Remover interface {
	// Remove prepares the removal of u, whichever dialect removes it. What it
	// returns, if not nil, is called once the removal is committed.
	Remove(tx *Tx, u *User) (committed func(), err error)
}

// prepareRemoval asks the provisioners for what is to be done after u's removal.
func prepareRemoval(tx *Tx, u *User) error {
	actor := tx.actor
	tx.actor = Operator() // that is the program's own change too
	defer func() { tx.actor = actor }()
	for _, p := range tx.dir.provisioners {
		r, ok := p.(Remover)
		if !ok {
			continue
		}
		committed, err := r.Remove(tx, u)
		if err != nil {
			return err
		}
		if committed != nil {
			tx.committed = append(tx.committed, committed)
		}
	}
	return nil
}

// AddProvisioner registers p for all users that are created from now on, unless
// there is one of that name already. It must be called before the directory is in
// use by several goroutines.
func (d *Directory) AddProvisioner(p Provisioner) {
	if !slices.ContainsFunc(d.provisioners, func(o Provisioner) bool { return o.Name() == p.Name() }) {
		d.provisioners = append(d.provisioners, p)
	}
}

// provision runs the provisioners on a stored user and stores what they set. That
// is the program's own change, whoever creates the user.
func (tx *Tx) provision(u *User, all ...Provisioner) error {
	actor := tx.actor
	tx.actor = Operator()
	defer func() { tx.actor = actor }()
	handles, facets := slices.Clone(u.Handles), slices.Clone(u.Facets)
	for _, p := range all {
		if err := p.Provision(tx, u); err != nil {
			return err
		}
	}
	if slices.Equal(handles, u.Handles) && slices.Equal(facets, u.Facets) {
		return nil
	}
	return tx.SaveUserKeepingUpdatedAt(u)
}

// provisionBatch is how many existing users are provisioned in one transaction.
const provisionBatch = 500

// ProvisionExisting provisions the users that were created while a provisioner
// was not registered, those marked as deleted included. The program calls it
// before it serves. For each provisioner and realm the store remembers up to
// which user it was done, so that a later call only looks at newer users.
func (d *Directory) ProvisionExisting(ctx context.Context) error {
	for _, p := range d.provisioners {
		var realms []Realm
		err := d.View(ctx, func(tx *Tx) (err error) { realms, err = unprovisioned(tx, p); return err })
		if err != nil {
			return err
		}
		for _, realm := range realms {
			if err := d.provisionRealm(ctx, p, realm); err != nil {
				return err
			}
		}
	}
	return nil
}

// unprovisioned lists the realms with users that p has not seen.
func unprovisioned(tx *Tx, p Provisioner) (due []Realm, err error) {
	realms, err := tx.store.ListRealms()
	if err != nil {
		return nil, err
	}
	for _, realm := range realms {
		_, users, err := nextUnprovisioned(tx, p, realm, 1)
		if err != nil {
			return nil, err
		}
		if len(users) > 0 {
			due = append(due, realm)
		}
	}
	return due, nil
}

// provisionedKind is the kind of the record that holds the ID of the last user
// of its realm that a provisioner, whose name is the key, has seen.
const provisionedKind = "core.provisioned"

func nextUnprovisioned(tx *Tx, p Provisioner, realm Realm, limit int) (*Record, []*User, error) {
	done, err := tx.Record(RecordRef{Realm: realm, Kind: provisionedKind, Key: p.Name()})
	if KindOf(err) == NotFound {
		done, err = &Record{Realm: realm, Kind: provisionedKind, Key: p.Name(), Body: NewDocument([]byte("0"))}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	last, err := strconv.ParseInt(string(done.Body.Text()), 10, 64)
	if err != nil {
		return nil, nil, err
	}
	users, err := tx.Users(UserQuery{Realm: realm, AfterID: last, Deleted: true, Limit: limit})
	return done, users, err
}

func (d *Directory) provisionRealm(ctx context.Context, p Provisioner, realm Realm) error {
	for more := true; more; {
		err := d.Update(ctx, Operator(), func(tx *Tx) error {
			done, users, err := nextUnprovisioned(tx, p, realm, provisionBatch)
			if more = len(users) == provisionBatch; err != nil || len(users) == 0 {
				return err
			}
			for _, u := range users {
				if err := tx.provision(u, p); err != nil {
					return err
				}
			}
			done.Body = NewDocument(strconv.AppendInt(nil, users[len(users)-1].ID, 10))
			return tx.SaveRecord(done)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ProvisionRealm provisions all users of the realm in this transaction: for a
// dialect that begins to serve a realm which has users already.
func (tx *Tx) ProvisionRealm(realm Realm) error {
	q := UserQuery{Realm: realm, Deleted: true, Limit: provisionBatch}
	for {
		users, err := tx.Users(q)
		if err != nil || len(users) == 0 {
			return err
		}
		for _, u := range users {
			if err := tx.provision(u, tx.dir.provisioners...); err != nil {
				return err
			}
		}
		q.AfterID = users[len(users)-1].ID
	}
}
