package archive

import (
	"fmt"
	"maps"

	"github.com/dragoman-gateway/dragoman/core"
)

// sourceNumber is the number of a user, whose kind is "", or of a group in the source.
type sourceNumber struct {
	realm core.Realm
	kind  string
	id    int64
}

// absences are the users and groups of the source that are not in the store by their number:
// what a later row gives to the number must not go to another user or group that has it.
// Those of removed users, who are not to come again, are true.
type absences struct{ before, now map[sourceNumber]bool }

func newAbsences() absences { return absences{before: map[sourceNumber]bool{}} }

// begin forgets what a transaction that starts again has found.
func (a *absences) begin() { a.now = map[sourceNumber]bool{} }

func (a *absences) commit() { maps.Copy(a.before, a.now) }

func (a *absences) find(n sourceNumber) (removed, absent bool) {
	if removed, absent = a.now[n]; absent {
		return removed, true
	}
	removed, absent = a.before[n]
	return removed, absent
}

// noteAbsent notes the user or group of a row that was not stored, unless the store has it
// by the same number.
func (r *run) noteAbsent(l *Line) error {
	var n sourceNumber
	var stored int64
	var removed bool
	var err error
	switch {
	case l.User != nil:
		u, old := l.User.core(r.opts.Realm), (*core.User)(nil)
		n = sourceNumber{u.Realm, "", u.ID}
		if old, removed, err = r.storedUser(l.User, u); err == nil && old != nil {
			stored = old.ID
		}
	case l.Group != nil:
		g, old := l.Group.core(r.opts.Realm), (*core.Group)(nil)
		n = sourceNumber{g.Realm, g.Kind, g.ID}
		if old, err = r.findGroup(g); err == nil {
			stored = old.ID
		}
	}
	if err != nil && core.KindOf(err) != core.NotFound && !refusable(err) {
		return err
	}
	if n.id != 0 && stored != n.id && (n.kind != "" || r.number(n.realm, n.id) == n.id) {
		r.absences.now[n] = removed
	}
	return nil
}

// present fails if the number of a user, or of a group of the kind, means no row of the
// source that is in the store.
func (r *run) present(n sourceNumber) error {
	removed, absent := r.absences.find(n)
	what := "user"
	if n.kind != "" {
		what = "group"
	}
	switch {
	case removed:
		return ErrSkip
	case absent:
		return Refusal(fmt.Sprintf("the row of the %s %d was refused", what, n.id))
	}
	return nil
}

// owner sets the owner's number in the store.
func (r *run) owner(l *Record, rec *core.Record) error {
	if l.OwnerUID == "" {
		if rec.Owner == 0 {
			return nil
		}
		err := r.present(sourceNumber{rec.Realm, "", rec.Owner})
		rec.Owner = r.number(rec.Realm, rec.Owner)
		return err
	}
	u, err := r.tx.UserIncludingDeleted(core.ByUID(rec.Realm, l.OwnerUID))
	if core.KindOf(err) == core.NotFound {
		return Refusal(fmt.Sprintf("the owner, the user with the uid %q, does not exist", l.OwnerUID))
	}
	if err == nil {
		rec.Owner = u.ID
	}
	return err
}
