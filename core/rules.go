package core

import (
	"errors"
	"unicode/utf8"
)

// Bounds that hold in every dialect, in characters; a dialect's own are tighter.
const (
	MaxUID      = 255
	MaxUsername = 512
	MaxEmail    = 512
	MaxName     = 1024
	MaxHandle   = 512
	// MaxKey is of what finds groups and records: their keys and UIDs, and the names
	// that groups are sorted by. Not every store can index more.
	MaxKey = 600
)

// checkUser judges the whole user: its form first, and its uniqueness only if
// the form holds, so that a fault is never reported of a value that is refused
// anyway. A taken name is found by query, since a broken constraint would end
// the transaction in some stores; the constraint stands behind it for races.
func (tx *Tx) checkUser(u *User) error {
	faults := formFaults(u)
	if len(faults) == 0 {
		taken, err := tx.takenFaults(u)
		if err != nil {
			return err
		}
		faults = taken
	}
	if len(faults) > 0 {
		return &Error{Kind: Invalid, Subject: "user", Faults: faults}
	}
	return nil
}

func formFaults(u *User) []Fault {
	var faults []Fault
	check := func(f Field, v string, limit int) {
		switch {
		case !utf8.ValidString(v):
			faults = append(faults, Fault{Field: f, Rule: Malformed})
		case utf8.RuneCountInString(v) > limit:
			faults = append(faults, Fault{Field: f, Rule: TooLong, Limit: limit})
		}
	}
	check(FieldUID, u.UID, MaxUID)
	if u.Username == "" {
		faults = append(faults, Fault{Field: FieldUsername, Rule: Required})
	}
	check(FieldUsername, u.Username, MaxUsername)
	check(FieldEmail, u.Email, MaxEmail)
	for _, part := range []string{u.Name.Formatted, u.Name.Given, u.Name.Family} {
		check(FieldName, part, MaxName)
	}
	for _, h := range u.Handles {
		check(FieldHandle, h.Value, MaxHandle)
	}
	return faults
}

// checkGroup judges what finds a group.
func checkGroup(g *Group) error {
	return checkKeys(g.Kind, keyed{FieldUID, g.UID}, keyed{FieldKey, g.Key}, keyed{FieldName, g.Name})
}

// keyed is a text that an index is made of.
type keyed struct {
	field Field
	text  string
}

func checkKeys(subject string, texts ...keyed) error {
	var faults []Fault
	for _, k := range texts {
		if len(k.text) > MaxKey && utf8.RuneCountInString(k.text) > MaxKey {
			faults = append(faults, Fault{Field: k.field, Rule: TooLong, Limit: MaxKey})
		}
	}
	if len(faults) > 0 {
		return &Error{Kind: Invalid, Subject: subject, Faults: faults}
	}
	return nil
}

// takenFaults looks for other users who have one of u's unique names. A name
// that u has already is not looked for again.
func (tx *Tx) takenFaults(u *User) ([]Fault, error) {
	old, err := tx.stored(u)
	if err != nil {
		return nil, err
	}
	var faults []Fault
	for _, name := range uniqueNames(u, old) {
		other, err := tx.store.GetUser(name.ref)
		switch {
		case err == nil && other.ID != u.ID:
			faults = append(faults, Fault{Field: name.field, Rule: Taken, Value: name.ref.Handle.Kind})
		case err != nil && !errors.Is(err, ErrNotFound):
			return nil, err
		}
	}
	return faults, nil
}

func (tx *Tx) stored(u *User) (*User, error) {
	if u.ID == 0 {
		return &User{}, nil
	}
	old, err := tx.store.GetUser(ByID(u.Realm, u.ID))
	return old, subject(err, "user")
}

type uniqueName struct {
	field Field
	ref   UserRef
}

// uniqueNames lists the names by which u would be found and old is not.
func uniqueNames(u, old *User) []uniqueName {
	var names []uniqueName
	if u.UID != old.UID {
		names = append(names, uniqueName{FieldUID, ByUID(u.Realm, u.UID)})
	}
	if Fold(u.Username) != Fold(old.Username) {
		names = append(names, uniqueName{FieldUsername, ByUsername(u.Realm, u.Username)})
	}
	if u.Email != "" && Fold(u.Email) != Fold(old.Email) {
		names = append(names, uniqueName{FieldEmail, ByEmail(u.Realm, u.Email)})
	}
	for _, h := range u.Handles {
		if old.Handle(h.Kind) != h.Value {
			names = append(names, uniqueName{FieldHandle, ByHandle(u.Realm, h.Kind, h.Value)})
		}
	}
	return names
}
