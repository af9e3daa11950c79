package core

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// Auditor is told of every change and every login by a password.
type Auditor interface {
	// Ready fails if no change may be made, because it could not be recorded.
	Ready() error
	// Note records an event before it is answered. ctx is that of the change or login.
	Note(ctx context.Context, e Event)
}

// Outcome is how a change or a login ended.
type Outcome string

// The outcomes.
const (
	OutcomeDone     Outcome = "done"
	OutcomeRefused  Outcome = "refused"  // the actor lacks the authority
	OutcomeUnknown  Outcome = "unknown"  // the store did not say whether the change was kept
	OutcomeWrong    Outcome = "wrong"    // the password, or there is no such user
	OutcomeWithheld Outcome = "withheld" // without a look at the password, after many wrong ones
)

// Event is one transaction that changed something or was refused, or one login.
type Event struct {
	Time    time.Time
	Actor   Actor
	Outcome Outcome
	// Login is the user who logged in, or whose password was wrong; the zero reference of
	// an unknown one. IsLogin tells a login from a change.
	Login   UserRef
	IsLogin bool
	// Changes are what the transaction changed, in its order.
	Changes []Change
}

// Change is one object that a transaction wrote.
type Change struct {
	// Action is "add", "change", "remove", "join" or "leave"; and "show" or "export", by
	// which an operator reads secrets: see [NoteReading].
	Action string `json:"action"`
	// Kind is "user", "realm", or the kind of a group or record.
	Kind  string `json:"kind"`
	Realm Realm  `json:"realm"`
	ID    int64  `json:"id,omitempty"`
	// User is the number of the user who joins or leaves, or who owns a record.
	User int64 `json:"user,omitempty"`
	// Fields are the names of what differs, never a value.
	Fields []string `json:"fields,omitempty"`
}

// String names the actor: "operator", "user REALM/ID", "key" for credentials that are
// not a user's, "client" for a client whose credentials confer nothing, or "anonymous".
func (a Actor) String() string {
	switch {
	case a.user.ID != 0:
		return "user " + string(a.user.Realm) + "/" + strconv.FormatInt(a.user.ID, 10)
	case a.operator:
		return "operator"
	case a.authority != nil:
		return "key"
	case a.Dialect != "":
		return "client"
	}
	return "anonymous"
}

// note remembers a change for the auditor.
func (tx *Tx) note(c Change) {
	if tx.dir.cfg.Auditor != nil {
		tx.changes = append(tx.changes, c)
	}
}

// membershipChanges reports whether the auditor must be told that the user joins or leaves
// the group: not if nothing changes by that.
func membershipChanges(tx *Tx, action string, m Membership) (bool, error) {
	if tx.dir.cfg.Auditor == nil {
		return false, nil
	}
	all, err := tx.store.ListMemberships(MembershipQuery{Realm: m.Realm, Kind: m.Kind, Users: []int64{m.User}})
	member := slices.ContainsFunc(all, func(x Membership) bool { return x.Group == m.Group })
	return member == (action == "leave"), err
}

// noteMembership remembers a change of a membership, if it is one and did not fail.
func noteMembership(tx *Tx, changes bool, err error, action string, m Membership) error {
	if !changes {
		return err
	}
	return noteDone(tx, err, Change{Action: action, Kind: m.Kind, Realm: m.Realm, ID: m.Group, User: m.User})
}

// noteRealm remembers that a realm is made, unless there is one.
func noteRealm(tx *Tx, realm Realm) error {
	if tx.dir.cfg.Auditor == nil {
		return nil
	}
	all, err := tx.store.ListRealms()
	if err == nil && !slices.Contains(all, realm) {
		tx.note(Change{Action: "add", Kind: "realm", Realm: realm})
	}
	return err
}

// noteDone remembers a change for the auditor unless it failed with err, which it returns.
func noteDone(tx *Tx, err error, c Change) error {
	if err == nil {
		tx.note(c)
	}
	return err
}

// NoteReading records, as part of an Update, that the actor is shown secrets.
func NoteReading(tx *Tx, c Change) { tx.note(c) }

func actionOf(isNew bool) string {
	if isNew {
		return "add"
	}
	return "change"
}

// noteUser remembers a change of the stored user, before, to u; before is nil for a
// new one.
func (tx *Tx) noteUser(u, before *User) {
	if tx.dir.cfg.Auditor == nil {
		return
	}
	action := "change"
	if before == nil {
		action, before = "add", &User{}
	}
	if fields := changedFields(u, before); len(fields) > 0 || action == "add" {
		tx.changes = append(tx.changes, Change{Action: action, Kind: "user", Realm: u.Realm, ID: u.ID, Fields: fields})
	}
}

// changedFields names what differs between two users, but for times that follow
// from the change.
func changedFields(a, b *User) (names []string) {
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"uid", a.UID != b.UID}, {"username", a.Username != b.Username}, {"email", a.Email != b.Email}, {"name", a.Name != b.Name},
		{"password", a.Password != b.Password}, {"enabled", a.Enabled != b.Enabled}, {"enabled_until", !a.EnabledUntil.Equal(b.EnabledUntil)},
		{"deleted", !a.DeletedAt.Equal(b.DeletedAt)},
	} {
		if f.differs {
			names = append(names, f.name)
		}
	}
	names = append(names, differing(a.Attributes, b.Attributes, func(x Attribute) (string, string) { return "attributes." + x.Name, x.Value })...)
	names = append(names, differing(a.Handles, b.Handles, func(h Handle) (string, string) { return h.Kind, h.Value })...)
	return append(names, differing(a.Facets, b.Facets, func(f Facet) (string, string) { return f.Dialect, string(f.Doc.Text()) })...)
}

// differing names the elements that only one of the lists has, or with another value.
func differing[T any](a, b []T, of func(T) (name, value string)) (names []string) {
	type element struct{ name, value string }
	for _, pair := range [][2][]T{{a, b}, {b, a}} {
		others := make(map[element]bool, len(pair[1]))
		for _, y := range pair[1] {
			name, value := of(y)
			others[element{name, value}] = true
		}
		for _, x := range pair[0] {
			if name, value := of(x); !others[element{name, value}] {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// auditReady fails if a change could not be recorded.
func (d *Directory) auditReady() error {
	if d.cfg.Auditor == nil {
		return nil
	}
	if err := d.cfg.Auditor.Ready(); err != nil {
		return &Error{Kind: Busy, Op: "audit", Err: err}
	}
	return nil
}

// auditChanges records a transaction: ran is the error of its function, err that of the
// whole. One that failed changed nothing, unless the store does not know.
func (d *Directory) auditChanges(ctx context.Context, e Event, ran, err error) {
	if d.cfg.Auditor == nil {
		return
	}
	switch e.Outcome = OutcomeDone; {
	case err != nil && KindOf(err) == Forbidden:
		e.Outcome, e.Changes = OutcomeRefused, nil
	case len(e.Changes) == 0:
		return
	case err != nil && ran == nil && KindOf(err) == Internal:
		e.Outcome = OutcomeUnknown
	case err != nil:
		return
	}
	d.cfg.Auditor.Note(ctx, e)
}

// auditLogin records an attempt to log in.
func (d *Directory) auditLogin(ctx context.Context, a Attempt, now time.Time, outcome Outcome) {
	if d.cfg.Auditor == nil {
		return
	}
	e := Event{Time: now, Outcome: outcome, IsLogin: true}
	if a.User != nil && a.User.ID != 0 {
		e.Login = ByID(a.User.Realm, a.User.ID)
		if outcome == OutcomeDone {
			e.Actor.user = e.Login
		}
	}
	d.cfg.Auditor.Note(ctx, e)
}
