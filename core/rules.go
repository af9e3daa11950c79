package core

import "unicode/utf8"

// Limits that hold in every dialect, in characters. A dialect's own are tighter.
const (
	MaxUID      = 255
	MaxUsername = 512
	MaxEmail    = 512
	MaxName     = 1024
	MaxHandle   = 512
	// MaxKey limits the texts by which groups and records are found or sorted: keys,
	// UIDs, and names of groups. Not every store can index longer ones.
	MaxKey = 600
)

// invalidUser is the error of a user's faults; nil without any.
func invalidUser(faults ...Fault) error { return subject(NewInvalid(faults...), "user") }

// DefaultMaxAttributes is the default of [Config.MaxAttributes].
const DefaultMaxAttributes = 64 << 10

// checkAttributes fails if the user's attributes, or what the dialects keep of the user,
// become larger than they may be. What is larger already in before, the stored user, may
// stay, so that the rest of the user can be changed.
func checkAttributes(tx *Tx, u, before *User) error {
	limit := tx.dir.cfg.MaxAttributes
	attributes, facets := u.Attributes.Size(), facetsSize(u)
	if limit < 0 || max(attributes, facets) <= limit || tx.actor.operator {
		return nil
	}
	if before != nil && attributes <= max(limit, before.Attributes.Size()) && facets <= max(limit, facetsSize(before)) {
		return nil
	}
	return invalidUser(Fault{Field: FieldAttributes, Rule: TooLong, Limit: limit})
}

// checkUser fails with all faults of the user's form. The store finds taken names:
// see putUser.
func checkUser(u *User) error {
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
	return invalidUser(faults...)
}

// MaxGroupBody bounds the body of a group, in bytes: users are shown with it.
const MaxGroupBody = 256 << 10

// checkGroupBody fails if the group's body becomes larger than it may be. What is larger
// already may stay.
func checkGroupBody(tx *Tx, g *Group) error {
	size := len(g.Body.Text())
	if size <= MaxGroupBody || tx.actor.operator {
		return nil
	}
	if g.ID != 0 {
		stored, err := tx.store.GetGroup(GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID})
		if err != nil {
			return subject(err, g.Kind)
		}
		if size <= len(stored.Body.Text()) {
			return nil
		}
	}
	return &Error{Kind: Invalid, Subject: g.Kind, Faults: []Fault{{Field: FieldAttributes, Rule: TooLong, Limit: MaxGroupBody}}}
}

// checkGroup checks the texts by which a group is found or sorted.
func checkGroup(g *Group) error {
	return checkKeys(g.Kind, indexedText{FieldUID, g.UID}, indexedText{FieldKey, g.Key}, indexedText{FieldName, g.Name})
}

// indexedText is a text that the store has in an index.
type indexedText struct {
	field Field
	text  string
}

func checkKeys(subject string, texts ...indexedText) error {
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

// facetsSize is the bytes of what the dialects keep of the user.
func facetsSize(u *User) (n int) {
	for _, f := range u.Facets {
		n += len(f.Doc.Text())
	}
	return n
}
