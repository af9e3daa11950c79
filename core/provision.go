package core

import (
	"context"
	"math"
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
// which user it was done, so that a later call only looks at newer users. All
// provisioners look at a user together, since reading it takes most of the time.
func (d *Directory) ProvisionExisting(ctx context.Context) error {
	var realms []Realm
	err := d.View(ctx, func(tx *Tx) (err error) { realms, err = unprovisioned(tx); return err })
	for i := 0; err == nil && i < len(realms); i++ {
		err = d.provisionRealm(ctx, realms[i])
	}
	return err
}

// unprovisioned lists the realms with users that a provisioner has not seen.
func unprovisioned(tx *Tx) (due []Realm, err error) {
	realms, err := tx.store.ListRealms()
	if err != nil || len(tx.dir.provisioners) == 0 {
		return nil, err
	}
	for _, realm := range realms {
		_, users, err := nextUnprovisioned(tx, realm, 1)
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

// provisionState is how far a provisioner is in a realm.
type provisionState struct {
	provisioner Provisioner
	record      *Record
	last        int64 // the last user that it has seen
}

func readProvisionState(tx *Tx, realm Realm, p Provisioner) (provisionState, error) {
	r, err := tx.Record(RecordRef{Realm: realm, Kind: provisionedKind, Key: p.Name()})
	if KindOf(err) == NotFound {
		r, err = &Record{Realm: realm, Kind: provisionedKind, Key: p.Name(), Body: NewDocument([]byte("0"))}, nil
	}
	if err != nil {
		return provisionState{}, err
	}
	last, err := strconv.ParseInt(string(r.Body.Text()), 10, 64)
	return provisionState{p, r, last}, err
}

// nextUnprovisioned returns how far each provisioner is, and the next users that at least
// one of them has not seen.
func nextUnprovisioned(tx *Tx, realm Realm, limit int) (states []provisionState, users []*User, err error) {
	lowest := int64(math.MaxInt64)
	for _, p := range tx.dir.provisioners {
		s, err := readProvisionState(tx, realm, p)
		if err != nil {
			return nil, nil, err
		}
		states, lowest = append(states, s), min(lowest, s.last)
	}
	users, err = tx.Users(UserQuery{Realm: realm, AfterID: lowest, Deleted: true, Limit: limit})
	return states, users, err
}

func (d *Directory) provisionRealm(ctx context.Context, realm Realm) error {
	for more := true; more; {
		err := d.Update(ctx, Operator(), func(tx *Tx) error {
			states, users, err := nextUnprovisioned(tx, realm, provisionBatch)
			if more = len(users) == provisionBatch; err != nil || len(users) == 0 {
				return err
			}
			return provisionUsers(tx, states, users)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// provisionUsers runs each provisioner on those of the users, in the order of their IDs,
// that it has not seen, and stores how far it is.
func provisionUsers(tx *Tx, states []provisionState, users []*User) error {
	for _, u := range users {
		var due []Provisioner
		for _, s := range states {
			if s.last < u.ID {
				due = append(due, s.provisioner)
			}
		}
		if err := tx.provision(u, due...); err != nil {
			return err
		}
	}
	last := users[len(users)-1].ID
	for _, s := range states {
		if s.last >= last {
			continue
		}
		s.record.Body = NewDocument(strconv.AppendInt(nil, last, 10))
		if err := tx.SaveRecord(s.record); err != nil {
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
