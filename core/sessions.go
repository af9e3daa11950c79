package core

import "slices"

// SessionKeeper is a [Provisioner] of a dialect whose users have keys that applications hold for them
// and that outlive a password, such as a Syncano user key.
type SessionKeeper interface {
	Provisioner
	// EndSessions makes the user's present key void. It may set handles and facets,
	// which the caller stores. A user who holds authority has no new key until they
	// log in again.
	EndSessions(tx *Tx, u *User) error
}

// EndSessions ends the sessions of u, whom the caller saves then, in the dialects
// other than the actor's own: as an answer to a break-in, or when a lock is taken
// away. SaveUser does so itself for a new password and for a user who is suspended,
// deleted, or let in again. In the actor's own dialect its own rules hold.
func (tx *Tx) EndSessions(u *User) error {
	for _, p := range tx.dir.provisioners {
		k, ok := p.(SessionKeeper)
		if !ok || k.Name() == tx.actor.Dialect {
			continue
		}
		if err := k.EndSessions(tx, u); err != nil {
			return err
		}
	}
	return nil
}

// endSessionsOnChange ends the sessions of u if the stored user, before, has another
// password, or is active where u is not.
func endSessionsOnChange(tx *Tx, u, before *User) error {
	if tx.keepsSessions || before.Password == u.Password && before.Active(tx.Now()) == u.Active(tx.Now()) {
		return nil
	}
	return tx.EndSessions(u)
}

// endSessionsOnJoin ends the sessions of a user who gains authority: a key that was
// made for an ordinary user may lie in many applications. It changes u no further
// than that, and nothing else of u is stored.
func endSessionsOnJoin(tx *Tx, u *User, g *Group) error {
	if len(tx.dir.provisioners) == 0 {
		return nil
	}
	conferred, err := groupAuthority(tx, GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID})
	if err != nil || conferred.Empty() {
		return err
	}
	stored, err := endStoredSessions(tx, u.Realm, u.ID)
	if err == nil && stored != nil {
		u.Handles, u.Facets, u.Revision = slices.Clone(stored.Handles), slices.Clone(stored.Facets), stored.Revision
	}
	return err
}

// endStoredSessions ends the sessions of the stored user, and stores that alone. It returns
// the user if there were any.
func endStoredSessions(tx *Tx, realm Realm, id int64) (*User, error) {
	u, err := tx.store.GetUser(ByID(realm, id))
	if err != nil {
		return nil, subject(err, "user")
	}
	u = u.Clone()
	handles, facets := slices.Clone(u.Handles), slices.Clone(u.Facets)
	if err := tx.EndSessions(u); err != nil {
		return nil, err
	}
	if slices.Equal(handles, u.Handles) && slices.Equal(facets, u.Facets) {
		return nil, nil
	}
	u.Revision++
	if err := tx.putUser(u); err != nil {
		return nil, err
	}
	tx.note(Change{Action: "change", Kind: "user", Realm: realm, ID: id, Fields: []string{"sessions"}})
	return u, nil
}

// gainsAuthority reports whether the stored group confers no authority, and g does.
func gainsAuthority(tx *Tx, g *Group) (bool, error) {
	if g.ID == 0 || len(tx.dir.provisioners) == 0 || len(tx.dir.conferring[g.Kind]) == 0 {
		return false, nil
	}
	gets, err := rightsOf(tx, g)
	if err != nil || gets.Empty() {
		return false, err
	}
	had, err := groupAuthority(tx, GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID})
	return had.Empty(), err
}

// endSessionsOfMembers ends the sessions of all members of a group that gains authority,
// as [endSessionsOnJoin] does for one who joins.
func endSessionsOfMembers(tx *Tx, g *Group) error {
	q := MembershipQuery{Realm: g.Realm, Kind: g.Kind, Group: g.ID, Limit: provisionBatch}
	for {
		members, err := tx.store.ListMemberships(q)
		if err != nil {
			return err
		}
		for _, m := range members {
			if _, err := endStoredSessions(tx, m.Realm, m.User); err != nil {
				return err
			}
		}
		if len(members) < q.Limit {
			return nil
		}
		q.AfterID = members[len(members)-1].ID
	}
}

// WithAuthority returns which of the users of a realm hold authority, in a number of
// queries that does not depend on how many they are.
func (tx *Tx) WithAuthority(realm Realm, users []int64) (map[int64]bool, error) {
	held := map[int64]bool{}
	for _, kind := range tx.dir.authorityKinds {
		members, err := tx.Memberships(MembershipQuery{Realm: realm, Kind: kind, Users: users})
		if err != nil {
			return nil, err
		}
		confers := map[int64]bool{}
		for _, m := range members {
			if _, known := confers[m.Group]; !known {
				a, err := groupAuthority(tx, GroupRef{Realm: realm, Kind: kind, ID: m.Group})
				if err != nil {
					return nil, err
				}
				confers[m.Group] = !a.Empty()
			}
			held[m.User] = held[m.User] || confers[m.Group]
		}
	}
	return held, nil
}
