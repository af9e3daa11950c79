package syncano

import (
	"encoding/json"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// ShownClass returns the document of a class with its fields.
func ShownClass(v wire.Value) (*core.Document, *schema.ClassBody, error) {
	c := schema.NewClassBody(shownText(v, "description"))
	c.Revision, c.Group, c.Metadata = shownID(v, "revision"), shownID(v, "group"), shownMetadata(v)
	var ok1, ok2 bool
	c.GroupRight, ok1 = schema.ClassRightNamed(shownText(v, "group_permissions"))
	c.OtherRight, ok2 = schema.ClassRightNamed(shownText(v, "other_permissions"))
	if !ok1 || !ok2 {
		return nil, nil, errors.New("the permissions are not words of this API")
	}
	if fields := memberOf(v, "schema").JSON(); json.Unmarshal(fields, &c.Schema) != nil {
		return nil, nil, errors.New("schema is not a list of fields")
	}
	return document(c), c, nil
}

// CompleteClass puts the store's numbers into the document of a class. It reports whether it
// has given the document to the class that a new instance has for its users.
func CompleteClass(tx *core.Tx, realm core.Realm, name string, body *core.Document, n Numbers) (_ *core.Document, given bool, err error) {
	c, err := core.Decoded(body, decodeJSON[schema.ClassBody])
	if err == nil {
		c.Group, err = n.group(c.Group)
	}
	if err != nil || name != schema.ProfileClass {
		return document(c), false, err
	}
	stored, err := schema.FindClass(tx, realm, name)
	if errors.Is(err, core.ErrNotFound) {
		return document(c), false, nil
	}
	full := string(document(c).Text())
	if err != nil || string(stored.Row.Body.Text()) == full || string(stored.Row.Body.Text()) != string(document(schema.NewProfileClass()).Text()) {
		return document(c), false, err
	}
	stored.Row.Body = document(c)
	return stored.Row.Body, true, tx.SaveRecordKeepingUpdatedAt(stored.Row)
}

func (n Numbers) group(id int64) (int64, error) {
	if id == 0 {
		return 0, nil
	}
	return n.Group(id)
}

// shownBody reads what an object and a profile have beside their values. The list of v2 is
// null if that version does not show the object.
func shownBody(v, list wire.Value) (b objectBody, err error) {
	b = objectBody{
		Revision: shownID(v, "revision"), Owner: shownID(v, "owner"), Group: shownID(v, "group"),
		Channel: shownText(v, "channel"), Room: shownText(v, "channel_room"),
	}
	for _, one := range []struct {
		name string
		to   *right
	}{{"owner_permissions", &b.OwnerRight}, {"group_permissions", &b.GroupRight}, {"other_permissions", &b.OtherRight}} {
		r, ok := rightNamed(shownText(v, one.name))
		if !ok {
			return b, errors.New(one.name + " is not a word of this API")
		}
		*one.to = r
	}
	if list.IsNull() {
		return b, nil
	}
	p := &problems{}
	a := readACL(wire.Object(wire.Member{Name: "acl", Value: list}), []string{aclRead, aclWrite}, p)
	derived := aclOf(&dataObject{body: &b, owner: b.Owner, group: b.Group})
	if p.err() == nil && a.json() != derived.json() {
		b.ACL = []byte(a.json())
	}
	return b, nil
}

// ShownObject returns the document of an object of a class with those fields. list is the
// object's list in v2, or null.
func ShownObject(v, list wire.Value, fields schema.Fields, files func(link string) string) (*core.Document, error) {
	b, err := shownBody(v, list)
	if err != nil {
		return nil, err
	}
	values, err := fields.Shown(v, files)
	b.setValues(values)
	return document(b), err
}

// CompleteObject puts the store's numbers into the document of an object. It fails with
// Conflict if another object has the value of a unique field.
func CompleteObject(tx *core.Tx, r *core.Record, class string, n Numbers) (*core.Document, error) {
	b, err := core.Decoded(r.Body, decodeJSON[objectBody])
	if err == nil {
		err = n.objectBody(&b)
	}
	if err == nil {
		err = eachClaim(tx, r.Realm, class, r.ID, b.attributes(), checkClaim)
	}
	return document(b), err
}

func (n Numbers) objectBody(b *objectBody) (err error) {
	if b.Owner != 0 {
		b.Owner, err = n.User(b.Owner)
	}
	if err == nil {
		b.Group, err = n.group(b.Group)
	}
	if err != nil || len(b.ACL) == 0 {
		return err
	}
	a, err := n.acl(parseACL(b.ACL))
	b.ACL = []byte(a.json())
	return err
}

// ClaimObject keeps the values of unique fields of a stored object for it.
func ClaimObject(tx *core.Tx, ref core.RecordRef, class string) error {
	row, err := tx.Record(ref)
	if err != nil {
		return err
	}
	values, err := valuesOf(tx, row)
	if err != nil {
		return err
	}
	return eachClaim(tx, row.Realm, class, row.ID, values, (*schema.Claims).Keep)
}

func checkClaim(c *schema.Claims, f *schema.Field, stored string) error {
	taken, err := c.Taken(f, stored)
	if err == nil && taken {
		err = &core.Error{Kind: core.Conflict, Subject: c.Class, Err: errors.New("another object has the same " + f.Name)}
	}
	return err
}

// eachClaim does something for each value of a unique field.
func eachClaim(tx *core.Tx, realm core.Realm, class string, object int64, values core.Attributes, do func(*schema.Claims, *schema.Field, string) error) error {
	of, err := schema.FindAnyClass(tx, realm, class)
	if err != nil {
		return err
	}
	c := &change{tx: tx, class: of, row: &core.Record{Realm: realm}}
	claims := &schema.Claims{Tx: tx, Realm: realm, Class: class, Object: object, Holds: c.holdsValue}
	for i := range of.Schema {
		f := &of.Schema[i]
		if stored, _ := values.Get(f.Name); f.Unique && stored != "" && stored != "null" {
			if err := do(claims, f, stored); err != nil {
				return err
			}
		}
	}
	return nil
}

// ShownProfile returns the number and the facet of a profile.
func ShownProfile(v, list wire.Value) (id int64, text []byte, err error) {
	b, err1 := shownBody(v, list)
	created, err2 := ShownTime(v, "created_at")
	updated, err3 := ShownTime(v, "updated_at")
	b.Owner = 0 // it is the user
	f := facet{ID: shownID(v, "id"), CreatedAt: created, UpdatedAt: updated, Body: b}
	return f.ID, document(f).Text(), errors.Join(err1, err2, err3)
}

// CompleteProfile puts the class of profiles and the store's numbers into the facet of a user
// with that number in the store, or 0. It fails with Conflict if another user has the value
// of a unique field.
func CompleteProfile(tx *core.Tx, u *core.User, n Numbers) (*core.Document, error) {
	f, err := core.Decoded(u.Facets.Get(Name), decodeJSON[facet])
	if err != nil {
		return nil, err
	}
	of, err := schema.FindClass(tx, u.Realm, schema.ProfileClass)
	if err != nil {
		return nil, err
	}
	f.Class = of.Row.ID
	if f.ID, err = ProfileNumber(tx, u.Realm, u.ID, f.ID); err != nil {
		return nil, err
	}
	if err := n.objectBody(&f.Body); err != nil {
		return nil, err
	}
	return document(f), eachClaim(tx, u.Realm, schema.ProfileClass, f.ID, u.Attributes, checkClaim)
}

// ProfileNumber returns the number of the profile of a user: that which is reserved for it, or
// else the one that is shown if it is free, or else 0.
func ProfileNumber(tx *core.Tx, realm core.Realm, user, shown int64) (int64, error) {
	for _, ref := range []core.RecordRef{{Key: ProfileKey(user)}, {ID: shown}} {
		ref.Realm, ref.Kind = realm, schema.ProfileKind
		row, err := tx.Record(ref)
		switch {
		case err == nil && ref.ID == 0:
			return row.ID, nil
		case err == nil:
			return 0, nil
		case !errors.Is(err, core.ErrNotFound):
			return 0, err
		}
	}
	return shown, nil
}

// ProfileKey is the key of the record that reserves the number of a user's profile.
func ProfileKey(user int64) string { return "user " + decimal(user) }

// AttachProfile gives a user the number that is reserved for the profile, and keeps the
// values of its unique fields for it.
func AttachProfile(tx *core.Tx, realm core.Realm, key string) error {
	row, err := tx.Record(core.RecordRef{Realm: realm, Kind: schema.ProfileKind, Key: key})
	if err != nil {
		return err
	}
	u, err := tx.UserIncludingDeleted(core.ByID(realm, row.Owner))
	if err != nil {
		return err
	}
	f, err := core.Decoded(u.Facets.Get(Name), decodeJSON[facet])
	if err == nil && f.ID == 0 && f.Class != 0 {
		f.ID = row.ID
		u.Facets.Set(Name, document(f).Text())
		err = tx.SaveUserKeepingUpdatedAt(u)
	}
	if err != nil {
		return err
	}
	return eachClaim(tx, realm, schema.ProfileClass, row.ID, u.Attributes, (*schema.Claims).Keep)
}
