package syncano

import (
	"encoding/json"
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

func objectEndpoints() []*endpoint {
	const list, detail = "instances/:instance/classes/:class/objects/", "instances/:instance/classes/:class/objects/:object/"
	read := []verb{{method: http.MethodGet, op: "objects.show", may: mayReadObjects, find: findObject, read: showObject}}
	patch := verb{method: http.MethodPatch, op: "objects.patch", may: mayWriteObjects, find: findWritableObject, act: saveObject}
	remove := verb{method: http.MethodDelete, op: "objects.delete", may: mayDeleteObjects, find: findDeletableObject, act: deleteObject}
	full := verb{op: "objects.update", may: mayWriteObjects, find: findWritableObject, act: saveObject}
	post, put := full, full
	post.method, put.method = http.MethodPost, http.MethodPut
	return []*endpoint{
		{path: list, title: "Data Object List", scope: instanceScope, enter: enterClass, verbs: []verb{
			{method: http.MethodGet, op: "objects.list", may: mayReadObjects, find: findClassOfObjects, act: listObjects},
			{method: http.MethodPost, op: "objects.create", may: mayCreateObjects, find: findCreatableClass, act: createObject},
		}},
		{path: detail, title: "Data Object Instance", scope: instanceScope, only: onlyV1, enter: enterClass,
			verbs: append(read, post, patch, remove)},
		{path: detail, title: "Data Object Instance", scope: instanceScope, only: onlyV2, enter: enterClass,
			verbs: append(read[:1:1], put, patch, remove)},
	}
}

// enterClass finds the class above the path, before authentication.
func enterClass(c *call, tx *core.Tx) error {
	return parentMissing(findPathClass(c, tx), errNoClass)
}

// mayReadObjects: an account, or an API key that ignores rights, brings a
// person, or may read what is open to all. In v2 the objects' own lists decide.
func mayReadObjects(c *call) bool {
	return readers(c) || c.caller.key != nil && (c.mayActOnUsers() || c.caller.key.AllowAnonymousRead || c.byVersion(false, true))
}

func mayWriteObjects(c *call) bool { return writers(c) || c.mayActOnUsers() }

// mayCreateObjects and mayDeleteObjects: profiles come and go with their people.
func mayCreateObjects(c *call) bool { return mayWriteObjects(c) && !c.class.IsProfile() }

func mayDeleteObjects(c *call) bool { return mayWriteObjects(c) && !c.class.IsProfile() }

func findCreatableClass(c *call, tx *core.Tx) error {
	r, err := classRight(c, tx, c.class)
	if err == nil && r < schema.ClassCreate {
		return errForbidden
	}
	return err
}

// findClassOfObjects refuses callers to whom the class grants nothing: its rights are a
// check before those of the objects, which only hide. v2 has no rights of classes.
func findClassOfObjects(c *call, tx *core.Tx) error {
	if v1, _ := c.rulesInForce(); !v1 {
		return nil
	}
	r, err := classRight(c, tx, c.class)
	if err == nil && r < schema.ClassRead {
		return errForbidden
	}
	return err
}

// findObject finds the object of the path, which the caller must be able to read.
func findObject(c *call, tx *core.Tx) error { return c.findObjectWith(tx, rightRead) }

func findWritableObject(c *call, tx *core.Tx) error { return c.findObjectWith(tx, rightWrite) }

func findDeletableObject(c *call, tx *core.Tx) error { return c.findObjectWith(tx, rightFull) }

func (c *call) findObjectWith(tx *core.Tx, least right) error {
	if err := findClassOfObjects(c, tx); err != nil {
		return err
	}
	row, err := tx.Record(core.RecordRef{Realm: c.instance.Realm, Kind: schema.ObjectKind(c.class.Name()), ID: c.id("object")})
	if err != nil {
		return err
	}
	loader, err := newLoader(c, tx)
	if err != nil {
		return err
	}
	found, err := loader.load(tx, []*core.Record{row})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return errNotFound
	}
	r := loader.rights.of(found[0])
	if r < rightRead {
		return errNotFound
	}
	if r < least {
		return errForbidden
	}
	c.object, c.shownObject, c.objectRight = row, found[0], r
	return nil
}

func showObject(c *call) (reply, error) {
	return show(objectShape, func(e *encoder) { e.object(c.shownObject) })
}

// objectBody is the stored form of a data object. A profile has no values here:
// they are the user's attributes, which other dialects show too.
type objectBody struct {
	Revision   int64   `json:"revision"`
	Owner      int64   `json:"owner,omitempty"` // of a profile: the record's owner
	OwnerRight right   `json:"owner_permissions"`
	Group      int64   `json:"group,omitempty"`
	GroupRight right   `json:"group_permissions"`
	OtherRight right   `json:"other_permissions"`
	Channel    string  `json:"channel,omitempty"`
	Room       string  `json:"channel_room,omitempty"`
	Values     []value `json:"values,omitempty"`
	// ACL is what v2 shows and takes in place of the rights above; see acl.go.
	ACL json.RawMessage `json:"acl,omitempty"`
}

// value is the stored value of a schema field, as JSON text.
type value struct {
	Name string          `json:"name"`
	JSON json.RawMessage `json:"value"`
}

func newObjectBody() objectBody { return objectBody{Revision: 1, OwnerRight: rightFull} }

func decodeObject(row *core.Record) (*objectBody, error) {
	return core.Decoded(row.Body, decodeNew[objectBody])
}

// attributes returns the values in the form that profiles have.
func (b *objectBody) attributes() core.Attributes {
	values := make(core.Attributes, len(b.Values))
	for i, v := range b.Values {
		values[i] = core.Attribute{Name: v.Name, Value: string(v.JSON)}
	}
	return values
}

// setValues is the opposite of attributes.
func (b *objectBody) setValues(values core.Attributes) {
	b.Values = make([]value, len(values))
	for i, v := range values {
		b.Values[i] = value{v.Name, []byte(v.Value)}
	}
}

// valuesOf returns an object's values: a profile's are the user's attributes.
func valuesOf(tx *core.Tx, row *core.Record) (core.Attributes, error) {
	if row.Kind == schema.ProfileKind {
		u, err := tx.User(core.ByID(row.Realm, row.Owner))
		if err != nil {
			return nil, err
		}
		return u.Attributes, nil
	}
	body, err := decodeObject(row)
	if err != nil {
		return nil, err
	}
	return body.attributes(), nil
}

// objectRights is the part of an object's body that apply compares.
type objectRights struct {
	owner, group                       int64
	ownerRight, groupRight, otherRight right
	channel, room                      string
}

func (b *objectBody) rights() objectRights {
	return objectRights{b.Owner, b.Group, b.OwnerRight, b.GroupRight, b.OtherRight, b.Channel, b.Room}
}

// right is what an object grants to its owner, its group and all others. Each
// includes those before it.
type right uint8

const (
	rightNone right = iota
	rightRead
	rightWrite
	rightFull
)

func (r right) word() string { return [...]string{"none", "read", "write", "full"}[r&3] }

// rightNamed reads a right by its word or, as the original does too, its number.
func rightNamed(text string) (right, bool) {
	for r := rightNone; r <= rightFull; r++ {
		if text == r.word() || text == string('0'+byte(r)) {
			return r, true
		}
	}
	return 0, false
}

// dataObject is a data object with everything needed to show it.
type dataObject struct {
	class  *schema.Class
	row    *core.Record
	user   *core.User // of a profile
	body   *objectBody
	owner  int64 // 0: none, or removed since
	group  int64 // likewise
	values core.Attributes
	// created and updated are the times of a profile in the form shown.
	created, updated string
	byUser           bool // it is in a list of users, which is ordered by their ids
}

// object writes a data object. Profiles of v1 have the members in the order that
// is documented, all others in that of the source; see REFERENCE.md, "JSON shapes".
func (e *encoder) object(o *dataObject) {
	if o.class.IsProfile() && !e.v.v2 {
		e.profile(o)
		return
	}
	e.Obj().Key("id").Int(o.row.ID)
	e.Key("created_at").Time(o.row.CreatedAt, wire.MicrosZ)
	e.Key("updated_at").Time(o.row.UpdatedAt, wire.MicrosZ)
	e.Key("revision").Int(o.body.Revision)
	if e.v.v2 {
		e.Key("acl")
		e.acl(aclOf(o))
	} else {
		e.objectRights(o)
	}
	e.Key("channel").StrOrNull(o.body.Channel).Key("channel_room").StrOrNull(o.body.Room)
	e.values(o)
	e.objectLinks(o)
	e.End()
}

func (e *encoder) objectRights(o *dataObject) {
	e.Key("owner")
	e.idOrNull(o.owner)
	e.Key("owner_permissions").Str(o.body.OwnerRight.word()).Key("group")
	e.idOrNull(o.group)
	e.Key("group_permissions").Str(o.body.GroupRight.word())
	e.Key("other_permissions").Str(o.body.OtherRight.word())
}

func (e *encoder) objectLinks(o *dataObject) {
	e.Key("links").Obj().Key("self")
	e.linkObject(o.class.Name(), o.row.ID)
	if o.owner != 0 && !e.v.v2 {
		e.Key("owner")
		e.linkID("users/", o.owner, "/")
	}
	if o.group != 0 && !e.v.v2 {
		e.Key("group")
		e.linkID("groups/", o.group, "/")
	}
	if o.body.Channel != "" {
		e.Key("channel")
		e.link("channels/" + o.body.Channel + "/")
	}
	e.End()
}

// values writes one member for each field of the schema.
func (e *encoder) values(o *dataObject) {
	for i := range o.class.Schema {
		f := &o.class.Schema[i]
		if e.v.v2 && o.class.Hides(f) {
			continue
		}
		stored, _ := o.values.Get(f.Name)
		f.Write(e.Key(f.Name), e.files, stored)
	}
}
