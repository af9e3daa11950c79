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
	stored, err := tx.store.GetUser(ByID(u.Realm, u.ID))
	if err != nil {
		return subject(err, "user")
	}
	stored = stored.Clone()
	handles, facets := slices.Clone(stored.Handles), slices.Clone(stored.Facets)
	if err := tx.EndSessions(stored); err != nil {
		return err
	}
	if slices.Equal(handles, stored.Handles) && slices.Equal(facets, stored.Facets) {
		return nil
	}
	stored.Revision++
	if err := tx.putUser(stored); err != nil {
		return err
	}
	tx.note(Change{Action: "change", Kind: "user", Realm: u.Realm, ID: u.ID, Fields: []string{"sessions"}})
	u.Handles, u.Facets, u.Revision = slices.Clone(stored.Handles), slices.Clone(stored.Facets), stored.Revision
	return nil
}

// WithAuthority returns which of the users of a realm hold authority, in a number of
// queries that does not depend on how many they are.
func (tx *Tx) WithAuthority(realm Realm, users []int64) (map[int64]bool, error) {
	held := map[int64]bool{}
	for _, kind := range tx.dir.authorityKinds() {
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
