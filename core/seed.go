package core

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A seed is a list of entries that an operator wants to exist. Each is applied once:
// the store remembers it, so that a later start neither gives back what was taken
// away since nor gives a right to another user of the same name.

// seedRealm holds one record of seedKind for each entry that was applied. Its key is
// a digest of what identifies the entry. The body of a user's is the UID.
const (
	seedRealm Realm  = "dragoman:seed"
	seedKind  string = "core.seed"
)

// seedBegan identifies the record that every store has since a seed was first applied
// to it and remembered.
const seedBegan = "began"

// SeedOnce runs apply unless an entry of the same identity was applied before. The
// parts of the identity are such as the dialect, the kind of entry, and its name.
func (tx *Tx) SeedOnce(apply func() error, identity ...string) error {
	if _, applied, err := tx.seeded(identity); applied || err != nil {
		return err
	}
	if err := apply(); err != nil {
		return err
	}
	return rememberSeeded(tx, "", identity)
}

// SeedUser adds u unless a user of that name was seeded before. It fails with an
// invalid username if another has the name, except for a user who was deleted and
// for those of a store from before seeds were remembered: they are left alone.
func (tx *Tx) SeedUser(u *User) error {
	identity := seedUserIdentity(u.Realm, u.Username)
	if _, applied, err := tx.seeded(identity); applied || err != nil {
		return err
	}
	before, err := tx.BeforeSeeds()
	if err != nil {
		return err
	}
	existing, err := tx.UserIncludingDeleted(ByUsername(u.Realm, u.Username))
	switch {
	case errors.Is(err, ErrNotFound):
		if err := tx.addNumbered(u); err != nil {
			return err
		}
		return rememberSeeded(tx, u.UID, identity)
	case err != nil:
		return err
	case !before && existing.DeletedAt.IsZero():
		return &Error{
			Kind: Invalid, Subject: "user", Faults: []Fault{{Field: FieldUsername, Rule: Taken}},
			Err: errors.New("by a user who was not created by a seed"),
		}
	}
	about := ""
	if before && sharesHandle(u, existing) {
		about = existing.UID
	}
	return rememberSeeded(tx, about, identity)
}

// addNumbered adds a user under the number it brings, or the next one.
func (tx *Tx) addNumbered(u *User) error {
	if u.ID == 0 {
		return tx.AddUser(u)
	}
	if err := tx.CheckNewNames(u); err != nil {
		return err
	}
	if err := tx.ImportUser(u); err != nil {
		return err
	}
	return tx.provision(u, tx.dir.provisioners...)
}

// sharesHandle reports whether the users have a handle in common. One that a seed
// brings is a secret, so whoever has it was created by that seed.
func sharesHandle(a, b *User) bool {
	return slices.ContainsFunc(a.Handles, func(h Handle) bool { return h.Value != "" && b.Handle(h.Kind) == h.Value })
}

// SeedRight runs grant, once, for the user of that name, who must have been seeded. A
// seeded user who was deleted since gets nothing. For a user who was not seeded it
// fails with Forbidden, unless has reports that they have the right already or the
// store is from before seeds were remembered: then what is there is left alone.
func (tx *Tx) SeedRight(realm Realm, username string, has func(*User) (bool, error), grant func(*User) error, identity ...string) error {
	if _, applied, err := tx.seeded(identity); applied || err != nil {
		return err
	}
	uid, known, err := tx.seeded(seedUserIdentity(realm, username))
	if err != nil {
		return err
	}
	u, err := tx.UserIncludingDeleted(ByUsername(realm, username))
	switch {
	case known && errors.Is(err, ErrNotFound):
		return nil
	case errors.Is(err, ErrNotFound):
		return &Error{Kind: NotFound, Op: "seed", Subject: "user", Err: fmt.Errorf("there is no %q", username)}
	case err != nil:
		return err
	case !u.DeletedAt.IsZero():
		return nil
	}
	if !known || uid != u.UID {
		err = checkUnseededRight(tx, u, has)
	} else {
		err = grant(u)
	}
	if err != nil {
		return err
	}
	return rememberSeeded(tx, "", identity)
}

// checkUnseededRight fails unless a right of a user who was not seeded can be left as it is.
func checkUnseededRight(tx *Tx, u *User, has func(*User) (bool, error)) error {
	if before, err := tx.BeforeSeeds(); before || err != nil {
		return err
	}
	if held, err := has(u); held || err != nil {
		return err
	}
	return &Error{Kind: Forbidden, Op: "seed", Subject: "user", Err: fmt.Errorf("%q was not created by a seed", u.Username)}
}

// BeforeSeeds reports whether the store is from before seeds were remembered: what
// the seed names may be there because it was applied then.
func (tx *Tx) BeforeSeeds() (bool, error) {
	if tx.seedState == seedUnknown {
		if err := beginSeeds(tx); err != nil {
			return false, err
		}
	}
	return tx.seedState == seedFirst, nil
}

// seedState is what a transaction knows about the seeds of its store.
type seedState uint8

const (
	seedUnknown    seedState = iota
	seedRemembered           // what was applied is remembered, or the store is new
	seedFirst                // there are users, and nothing is remembered
)

func beginSeeds(tx *Tx) error {
	if _, began, err := seedRecord(tx, []string{seedBegan}); began || err != nil {
		tx.seedState = seedRemembered
		return err
	}
	realms, err := tx.store.ListRealms()
	if err != nil {
		return err
	}
	state := seedRemembered
	for _, realm := range realms {
		users, err := tx.Users(UserQuery{Realm: realm, Deleted: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(users) > 0 {
			state = seedFirst
		}
	}
	tx.seedState = state
	return rememberSeeded(tx, "", []string{seedBegan})
}

// UserSeeded reports whether SeedUser would leave a user of that name alone because
// one was seeded.
func (tx *Tx) UserSeeded(realm Realm, username string) (bool, error) {
	_, seeded, err := seedRecord(tx, seedUserIdentity(realm, username))
	return seeded, err
}

// Seeded reports whether [Tx.SeedOnce] or [Tx.SeedRight] has applied an entry of that
// identity.
func Seeded(tx *Tx, identity ...string) (bool, error) {
	_, applied, err := seedRecord(tx, identity)
	return applied, err
}

// SeedGroup adds a group, once, under the number it brings, or the next one. It fails for a
// number that another group of the kind has.
func SeedGroup(tx *Tx, g *Group, identity ...string) error {
	return tx.SeedOnce(func() error {
		err := tx.ImportGroup(g)
		if KindOf(err) != Conflict || g.ID == 0 {
			return err
		}
		if _, found := tx.Group(GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID}); found != nil {
			return err
		}
		return fmt.Errorf("id: there is another %s with the number %d", g.Kind, g.ID)
	}, identity...)
}

// seeded reports whether the entry was applied, and what was remembered about it.
func (tx *Tx) seeded(identity []string) (about string, applied bool, err error) {
	if _, err := tx.BeforeSeeds(); err != nil {
		return "", false, err
	}
	return seedRecord(tx, identity)
}

func seedRecord(tx *Tx, identity []string) (about string, applied bool, err error) {
	r, err := tx.Record(seedRef(identity))
	switch {
	case err == nil:
		return string(r.Body.Text()), true, nil
	case errors.Is(err, ErrNotFound):
		return "", false, nil
	}
	return "", false, err
}

func rememberSeeded(tx *Tx, about string, identity []string) error {
	ref := seedRef(identity)
	return tx.SaveRecord(&Record{Realm: ref.Realm, Kind: ref.Kind, Key: ref.Key, Body: NewDocument([]byte(about))})
}

func seedUserIdentity(realm Realm, username string) []string {
	return []string{"user", string(realm), Fold(username)}
}

func seedRef(identity []string) RecordRef {
	sum := sha256.Sum256([]byte(strings.Join(identity, "\x00")))
	return RecordRef{Realm: seedRealm, Kind: seedKind, Key: hex.EncodeToString(sum[:])}
}
