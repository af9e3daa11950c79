package core

import (
	"context"
	"errors"
	"slices"
)

// removalRealm holds one record of removalKind for each realm whose removal has begun
// and is not done. Its key is the name of the realm.
const (
	removalRealm Realm  = "dragoman:removal"
	removalKind  string = "core.removal"
)

// removalStep is how many users, groups or records one transaction of a removal takes.
const removalStep = 250

// BeginRemoval is [Tx.RemoveRealm] for a realm that may be large. It removes a small one
// at once. Of a larger one it keeps what is there for [FinishRemoval], which the caller
// calls after the commit, and no longer lists the realm in [Tx.Realms]. What is added to
// it before that is removed too, so the caller makes it unreachable in this transaction.
func BeginRemoval(tx *Tx, realm Realm) error {
	small, err := isSmall(tx, realm)
	if err != nil {
		return err
	}
	if small {
		return tx.RemoveRealm(realm)
	}
	if err := decideRealm(tx, realm); err != nil {
		return err
	}
	r := &Record{Realm: removalRealm, Kind: removalKind, Key: string(realm), Body: NewDocument(nil), Revision: 1}
	setTimes(&r.CreatedAt, &r.UpdatedAt, true, tx.Now())
	return noteDone(tx, tx.store.PutRecord(r), Change{Action: "remove", Kind: "realm", Realm: realm})
}

// isSmall reports whether one step can take all that is in the realm.
func isSmall(tx *Tx, realm Realm) (bool, error) {
	n, err := tx.store.CountUsers(UserQuery{Realm: realm, Deleted: true})
	if err != nil || n > removalStep {
		return false, err
	}
	kinds, err := tx.store.ListKinds(realm)
	for i := 0; err == nil && n <= removalStep && i < len(kinds); i++ {
		var records int
		records, err = tx.store.CountRecords(RecordQuery{Realm: realm, Kind: kinds[i]})
		n += records
	}
	return n <= removalStep, err
}

// FinishRemovals finishes the removals that were interrupted.
func FinishRemovals(ctx context.Context, d *Directory) error {
	var realms []Realm
	err := d.View(ctx, func(tx *Tx) (err error) { realms, err = removals(tx); return err })
	for i := 0; err == nil && i < len(realms); i++ {
		err = FinishRemoval(ctx, d, realms[i])
	}
	return err
}

// removals lists the realms whose removal has begun.
func removals(tx *Tx) (realms []Realm, err error) {
	rows, err := tx.store.ListRecords(RecordQuery{Realm: removalRealm, Kind: removalKind})
	for _, r := range rows {
		realms = append(realms, Realm(r.Key))
	}
	return realms, err
}

// FinishRemoval removes a realm that [BeginRemoval] has begun to remove, if it is not done
// yet, in many short transactions, so that other changes come in between. Several processes
// may do it together. It can be interrupted, and continues when it is called again.
func FinishRemoval(ctx context.Context, d *Directory, realm Realm) error {
	var begun *Record
	var kinds []string
	err := d.View(ctx, func(tx *Tx) (err error) {
		if begun, err = removalOf(tx, realm); begun != nil && err == nil {
			kinds, err = tx.store.ListKinds(realm)
		}
		return err
	})
	if err != nil || begun == nil {
		return err
	}
	// The records first and the groups last, so that a user or a group takes few others along.
	var steps []func(*Tx) (int, error)
	for _, kind := range kinds {
		steps = append(steps, func(tx *Tx) (int, error) { return dropRecords(tx, realm, kind) })
	}
	steps = append(steps, func(tx *Tx) (int, error) { return dropUsers(tx, realm) })
	for _, kind := range kinds {
		steps = append(steps, func(tx *Tx) (int, error) { return dropGroups(tx, realm, kind) })
	}
	steps = append(steps, func(tx *Tx) (int, error) { return 0, completeRemoval(tx, realm) })
	for i := 0; err == nil && i < len(steps); i++ {
		err = repeatRemovalStep(ctx, d, realm, steps[i])
	}
	return err
}

// repeatRemovalStep repeats the step, each time in its own transaction, until it takes
// less than it could, or the removal is done.
func repeatRemovalStep(ctx context.Context, d *Directory, realm Realm, step func(*Tx) (int, error)) error {
	for n := removalStep; n == removalStep; {
		err := d.Update(ctx, Operator(), func(tx *Tx) error {
			row, err := removalOf(tx, realm)
			if n = 0; row != nil && err == nil {
				n, err = step(tx)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// removalOf returns the record of the realm's removal, or nil.
func removalOf(tx *Tx, realm Realm) (*Record, error) {
	r, err := tx.store.GetRecord(RecordRef{Realm: removalRealm, Kind: removalKind, Key: string(realm)})
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return r, err
}

func dropRecords(tx *Tx, realm Realm, kind string) (int, error) {
	rows, err := tx.store.ListRecords(RecordQuery{Realm: realm, Kind: kind, Limit: removalStep})
	for i := 0; err == nil && i < len(rows); i++ {
		err = tx.store.DropRecord(realm, kind, rows[i].ID)
	}
	return len(rows), err
}

func dropUsers(tx *Tx, realm Realm) (int, error) {
	users, err := tx.store.ListUsers(UserQuery{Realm: realm, Deleted: true, Limit: removalStep})
	for i := 0; err == nil && i < len(users); i++ {
		err = tx.store.DropUser(realm, users[i].ID)
	}
	return len(users), err
}

func dropGroups(tx *Tx, realm Realm, kind string) (int, error) {
	groups, err := tx.store.ListGroups(GroupQuery{Realm: realm, Kind: kind, Limit: removalStep})
	for i := 0; err == nil && i < len(groups); i++ {
		err = tx.store.DropGroup(realm, kind, groups[i].ID)
	}
	return len(groups), err
}

// completeRemoval removes all that is left of a realm whose removal has begun.
func completeRemoval(tx *Tx, realm Realm) error {
	row, err := removalOf(tx, realm)
	if row == nil || err != nil {
		return err
	}
	if err := tx.store.DropRealm(realm); err != nil {
		return err
	}
	return tx.store.DropRecord(row.Realm, row.Kind, row.ID)
}

// EnterRealm prepares the realm for new users: it completes, in this transaction, a removal
// that was interrupted.
func EnterRealm(tx *Tx, realm Realm) error { return completeRemoval(tx, realm) }

// withoutRemovals leaves out the realms whose removal has begun, and that of the removals.
func withoutRemovals(tx *Tx, all []Realm) ([]Realm, error) {
	if !slices.Contains(all, removalRealm) {
		return all, nil
	}
	begun, err := removals(tx)
	return slices.DeleteFunc(slices.Clone(all), func(r Realm) bool { return r == removalRealm || slices.Contains(begun, r) }), err
}
