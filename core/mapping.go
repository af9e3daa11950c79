package core

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Mapping makes an attribute and a field of the users of a realm one and the same:
// customers of Syncano keep addresses and names in profile fields of their own choice,
// and other dialects show them as what they are.
//
// Both are stored, and every change of a user keeps them alike. Whichever was changed
// wins, and the field where both were. An attribute that a write leaves out, such as
// an eContext client that replaces all custom data, keeps the field's value: null or
// an empty text clears it.
type Mapping struct {
	Attribute string
	Field     MappedField
}

// MappedField is a field of a user that an attribute can be mapped to.
type MappedField string

// The fields that attributes can be mapped to.
const (
	MapEmail      MappedField = "email"
	MapName       MappedField = "name" // the whole name
	MapGivenName  MappedField = "given_name"
	MapFamilyName MappedField = "family_name"
)

// of returns the field of u; nil if there is no such field.
func (f MappedField) of(u *User) *string {
	switch f {
	case MapEmail:
		return &u.Email
	case MapName:
		return &u.Name.Formatted
	case MapGivenName:
		return &u.Name.Given
	case MapFamilyName:
		return &u.Name.Family
	}
	return nil
}

// field is what faults call it.
func (f MappedField) field() Field {
	if f == MapEmail {
		return FieldEmail
	}
	return FieldName
}

// mappingKind is the kind of the records whose keys are mapped attributes, and whose
// bodies are the fields.
const mappingKind = "core.mapping"

// Mappings lists the mappings of the realm, sorted by attribute.
func Mappings(tx *Tx, realm Realm) ([]Mapping, error) {
	rows, err := tx.store.ListRecords(RecordQuery{Realm: realm, Kind: mappingKind})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	list := make([]Mapping, len(rows))
	for i, r := range rows {
		list[i] = Mapping{Attribute: r.Key, Field: MappedField(r.Body.Text())}
	}
	slices.SortFunc(list, func(a, b Mapping) int { return strings.Compare(a.Attribute, b.Attribute) })
	return list, nil
}

// ErrMapped reports that an attribute or a field is mapped to another one already.
var ErrMapped = errors.New("it is mapped already")

// AddMapping makes the attribute and the field of every user of the realm one and the
// same, of existing ones in the same transaction. Where a user has only one of them, the
// other gets its value. It fails, and changes nothing, with [ErrMapped], and where a
// user has both and they differ, or has a value that the field cannot have, or holds
// authority and would get a guarded field, such as the address, from the attribute,
// which others could write: that is not for a program to choose.
func AddMapping(tx *Tx, realm Realm, m Mapping) error {
	switch {
	case m.Field.of(&User{}) == nil:
		return mappingError(fmt.Errorf("%q is not a field: want email, name, given_name or family_name", m.Field))
	case m.Attribute == "" || realm.Reserved():
		return mappingError(errors.New("want the name of an attribute, and a realm of customers"))
	}
	list, err := Mappings(tx, realm)
	if err != nil || slices.Contains(list, m) {
		return err
	}
	for _, other := range list {
		if other.Attribute == m.Attribute || other.Field == m.Field {
			return mappingError(fmt.Errorf("%s and %s: %w: %s and %s", m.Attribute, m.Field, ErrMapped, other.Attribute, other.Field))
		}
	}
	body := NewDocument([]byte(m.Field))
	if err := tx.SaveRecord(&Record{Realm: realm, Kind: mappingKind, Key: m.Attribute, Body: body}); err != nil {
		return err
	}
	return mapExisting(tx, realm, m)
}

// mappingError is a mapping that cannot be, unless the cause is of another kind.
func mappingError(cause error) error {
	if e := AsError(cause); e != nil && e.Kind != Invalid && e.Kind != Conflict {
		return cause
	}
	return &Error{Kind: Conflict, Subject: "mapping", Err: cause}
}

// RemoveMapping ends the mapping of the attribute. Users keep both values.
func RemoveMapping(tx *Tx, realm Realm, attribute string) error {
	row, err := tx.Record(RecordRef{Realm: realm, Kind: mappingKind, Key: attribute})
	if err != nil {
		return err
	}
	return tx.RemoveRecord(row)
}

// SeedMappings adds the mappings, from attributes to fields, each once: one that was
// removed since does not come back. An error begins with the attribute.
func SeedMappings(tx *Tx, realm Realm, fields map[string]MappedField) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		add := func() error { return AddMapping(tx, realm, Mapping{Attribute: name, Field: fields[name]}) }
		if err := tx.SeedOnce(add, "mapping", string(realm), name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// mapExisting makes attribute and field of every existing user alike.
func mapExisting(tx *Tx, realm Realm, m Mapping) error {
	const batch = 500
	last := int64(0)
	for {
		users, err := tx.Users(UserQuery{Realm: realm, AfterID: last, Deleted: true, Limit: batch})
		if err != nil {
			return err
		}
		for _, u := range users {
			if last = u.ID; !m.concerns(u) {
				continue
			}
			if err := mapUser(tx, u.Clone(), m); err != nil {
				return mappingError(fmt.Errorf("user %d of realm %q: %w", u.ID, realm, err))
			}
		}
		if len(users) < batch {
			return nil
		}
	}
}

func (m Mapping) concerns(u *User) bool {
	_, given := u.Attributes.Get(m.Attribute)
	return given || *m.Field.of(u) != ""
}

// The causes that a user's attribute and field cannot be made alike.
var (
	errUnlike  = errors.New("the attribute and the field differ")
	errGuarded = errors.New("the user holds rights, and has only the attribute, which others could write: set the field or clear the attribute")
)

func mapUser(tx *Tx, u *User, m Mapping) error {
	value, _ := u.Attributes.Get(m.Attribute)
	text, fault := m.text(value)
	field := m.Field.of(u)
	switch {
	case fault != nil:
		return &Error{Kind: Invalid, Subject: "user", Faults: []Fault{*fault}}
	case text != "" && *field != "" && text != *field:
		return errUnlike
	case *field == "" && text != "":
		if err := fill(tx, u, field, text); err != nil {
			return err
		}
	}
	return tx.SaveUserKeepingUpdatedAt(u)
}

// fill sets the user's empty field, unless it is guarded and the user holds authority.
func fill(tx *Tx, u *User, field *string, text string) error {
	before := *u
	if *field = text; !guardedChange(tx, &before, u) {
		return nil
	}
	held, err := tx.Authority(u)
	if err == nil && !held.Empty() {
		err = errGuarded
	}
	return err
}

// text returns the field's value for an attribute's. A value that the field cannot have
// is a fault.
func (m Mapping) text(value string) (string, *Fault) {
	if value == "" || value == "null" {
		return "", nil
	}
	text, ok := unquoteJSON(value)
	if !ok || m.Field == MapEmail && text != "" && !isAddress(text) {
		return "", &Fault{Field: m.Field.field(), Rule: Malformed}
	}
	return text, nil
}

// isAddress reports whether text may be an e-mail address. Dialects that take addresses
// themselves have narrower rules.
func isAddress(text string) bool {
	local, domain, found := strings.Cut(text, "@")
	return found && local != "" && domain != "" && !strings.ContainsAny(domain, "@") && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' })
}

// applyMappings makes mapped attributes and fields of u alike. before is the stored user,
// or nil for a new one.
func applyMappings(tx *Tx, u, before *User) error {
	list, err := Mappings(tx, u.Realm)
	if err != nil || len(list) == 0 {
		return err
	}
	if before == nil {
		before = &User{}
	}
	var faults []Fault
	for _, m := range list {
		if fault := m.apply(u, before); fault != nil {
			faults = append(faults, *fault)
		}
	}
	return invalidUser(faults...)
}

func (m Mapping) apply(u, before *User) *Fault {
	value, given := u.Attributes.Get(m.Attribute)
	old, _ := before.Attributes.Get(m.Attribute)
	field := m.Field.of(u)
	if given && value != old && *field == *m.Field.of(before) {
		text, fault := m.text(value)
		if fault == nil {
			*field = text
		}
		return fault
	}
	if text, fault := m.text(value); given && fault == nil && text == *field {
		return nil // as it was sent
	}
	if *field == "" {
		u.Attributes.Delete(m.Attribute)
	} else {
		u.Attributes.Set(m.Attribute, quoteJSON(*field))
	}
	return nil
}

// ClearAttribute takes away an attribute of a user of the realm. A mapped one becomes
// null, which clears its field too.
func ClearAttribute(tx *Tx, realm Realm, as *Attributes, name string) error {
	list, err := Mappings(tx, realm)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(m Mapping) bool { return m.Attribute == name }) {
		as.Set(name, "null")
		return nil
	}
	as.Delete(name)
	return nil
}
