package syncano

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// objectInput is what a request says of a data object or a profile.
type objectInput struct {
	class      *schema.Class
	full       bool // rights that are not spoken of go back to their defaults
	ownerRight wire.Field[right]
	groupRight wire.Field[right]
	otherRight wire.Field[right]
	owner      wire.Field[int64]
	group      wire.Field[int64]
	channel    wire.Field[string]
	room       wire.Field[string]
	acl        *acl // v2
	values     []schema.Input
	expected   int64 // 0: any revision
	// limited lowers what is granted to most, which is what the caller has.
	limited bool
	most    right
}

// inputContext says which request an object's fields are read from.
type inputContext struct {
	full      bool // POST and PUT
	creating  bool
	nested    bool // under "profile" of a user: no owner, no expected_revision
	operators bool // {"_increment": 1} and the like work
}

// readObject reads the fields of an object; faults go to p.
func readObject(k *call, c *schema.Class, in wire.Value, at inputContext, p *problems) *objectInput {
	input := &objectInput{class: c, full: at.full && !k.v.v2}
	if k.v.v2 {
		input.acl = readACL(in, []string{aclRead, aclWrite}, p)
	} else {
		input.ownerRight = readRight(in, "owner_permissions", at, p)
		input.groupRight = readRight(in, "group_permissions", at, p)
		input.otherRight = readRight(in, "other_permissions", at, p)
		input.group = readID(in, "group", p)
	}
	if at.creating || at.nested {
		input.channel = k.text(in, "channel", textRule{nullable: true, max: 64}, p)
		input.room = k.text(in, "channel_room", textRule{nullable: true, max: 64}, p)
	}
	if !at.nested {
		if !k.v.v2 {
			input.owner = readID(in, "owner", p)
		}
		input.expected = readExpected(in, p)
	}
	readValues(k, input, in, at, p)
	return input
}

// readRight reads a right. Null in a new object counts as absent: the vendor's iOS
// library sends all three so.
func readRight(in wire.Value, name string, at inputContext, p *problems) wire.Field[right] {
	if v, _ := in.Get(name); at.creating && v.IsNull() {
		return wire.Field[right]{}
	}
	return readChoice(in, name, rightNamed, p)
}

// readID reads a field that holds an id or null, which "" means too.
func readID(in wire.Value, name string, p *problems) wire.Field[int64] {
	v, ok := in.Get(name)
	if !ok {
		return wire.Field[int64]{}
	}
	if v.IsNull() || isBlank(v) {
		return wire.Null[int64]()
	}
	id, fault := schema.ReadPK(v)
	if fault != "" {
		p.add(name, fault)
		return wire.Field[int64]{}
	}
	return wire.Some(id)
}

// readValues reads the schema's fields.
func readValues(c *call, input *objectInput, in wire.Value, at inputContext, p *problems) {
	values := c.values()
	for i := range input.class.Schema {
		f := &input.class.Schema[i]
		v, ok := in.Get(f.Name)
		if !ok || c.v.v2 && input.class.Hides(f) {
			continue
		}
		one, fault := values.Read(f, v, at.operators)
		if fault != "" {
			p.add(f.Name, fault)
			continue
		}
		input.values = append(input.values, one)
	}
}

// values is what the reading of values depends on.
func (c *call) values() *schema.Context {
	return &schema.Context{Form: c.body.form, Limits: c.d.cfg.Body, Files: files{c}}
}

// lookUp checks that what the object points at is there, and drops from
// relations what is not. Faults go to p.
func lookUp(c *call, tx *core.Tx, in *objectInput, p *problems) error {
	if name, ok := in.channel.Get(); ok {
		p.add("channel", "Object with name="+name+" does not exist.") // channels are not served
	}
	if err := lookUpGroup(c, tx, in, p); err != nil {
		return err
	}
	if err := lookUpOwner(c, tx, in, p); err != nil {
		return err
	}
	for i := range in.values {
		if err := lookUpValue(c, tx, &in.values[i], p); err != nil {
			return err
		}
	}
	return nil
}

func lookUpGroup(c *call, tx *core.Tx, in *objectInput, p *problems) error {
	id, ok := in.group.Get()
	if !ok {
		return nil
	}
	living, err := existingGroup(tx, c.instance.Realm, id)
	switch {
	case err != nil:
		return err
	case living == 0:
		p.add("group", noSuchPK(decimal(id)))
	case c.caller.user != nil && !c.caller.key.IgnoreACL:
		return checkOwnGroup(c, tx, id, p)
	}
	return nil
}

// checkOwnGroup refuses a group that the person of the user key is not in.
func checkOwnGroup(c *call, tx *core.Tx, id int64, p *problems) error {
	in, err := isMember(tx, c.caller.user, id)
	if err == nil && !in {
		p.add("group", "Invalid group specified.")
	}
	return err
}

// isMember reports whether the user is in the group.
func isMember(tx *core.Tx, u *core.User, group int64) (bool, error) {
	m, err := membershipOf(tx, u, group)
	return m != nil, err
}

// membershipOf finds the user's membership in the group; nil for none.
func membershipOf(tx *core.Tx, u *core.User, group int64) (*core.Membership, error) {
	list, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: groupKind, Users: []int64{u.ID}})
	for i := range list {
		if list[i].Group == group {
			return &list[i], err
		}
	}
	return nil, err
}

func lookUpOwner(c *call, tx *core.Tx, in *objectInput, p *problems) error {
	if id, ok := in.owner.Get(); ok && !in.class.IsProfile() {
		_, err := tx.User(core.ByID(c.instance.Realm, id))
		if errors.Is(err, core.ErrNotFound) {
			p.add("owner", noSuchPK(decimal(id)))
			return nil
		}
		if err != nil {
			return err
		}
	}
	checkOwner(c, in, p)
	return nil
}

// checkOwner refuses another owner than the present one: of a profile always,
// of other objects to people. What people create is theirs, whatever they send.
func checkOwner(c *call, in *objectInput, p *problems) {
	switch {
	case !in.owner.Present():
	case c.shownObject == nil:
		if c.caller.user != nil {
			in.owner = wire.Some(c.caller.user.ID)
		}
	case in.owner.Or(0) == c.shownObject.owner:
	case c.caller.user != nil:
		p.add("owner", "Cannot change owner of Data Object.")
	case in.class.IsProfile():
		p.add("owner", "Cannot change owner of User Profile object.")
	}
}

func lookUpValue(c *call, tx *core.Tx, in *schema.Input, p *problems) error {
	switch in.Field.Type {
	case schema.File:
		return lookUpFile(c, tx, in, p)
	case schema.Reference, schema.Relation:
	default:
		return nil
	}
	if len(in.IDs) == 0 {
		return nil
	}
	found, err := existing(c, tx, in.Field, in.IDs)
	if err != nil {
		return err
	}
	if in.Field.Type == schema.Relation {
		in.KeepIDs(found)
	} else if len(found) == 0 {
		p.add(in.Field.Name, schema.MsgNoTarget)
	}
	return nil
}

// existing returns which of the ids are those of living objects of the field's target.
func existing(c *call, tx *core.Tx, f *schema.Field, ids []int64) ([]int64, error) {
	if f.TargetClass() == "user" {
		users, err := tx.Users(core.UserQuery{Realm: c.instance.Realm, IDs: ids})
		return idsOf(users, func(u *core.User) int64 { return u.ID }), err
	}
	target := f.TargetClass()
	if target == "self" {
		target = targetSelf(c)
	}
	rows, err := tx.Records(core.RecordQuery{Realm: c.instance.Realm, Kind: schema.ObjectKind(target), IDs: ids})
	return idsOf(rows, func(r *core.Record) int64 { return r.ID }), err
}

// targetSelf is the class that "self" means: the one whose object is written.
func targetSelf(c *call) string {
	if c.class != nil {
		return c.class.Name()
	}
	return schema.ProfileClass
}

func idsOf[T any](list []T, id func(T) int64) []int64 {
	ids := make([]int64, 0, len(list))
	for _, one := range list {
		ids = append(ids, id(one))
	}
	return schema.SortedIDs(ids)
}
