package syncano

import (
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
func (k *call) readObject(c *schema.Class, in wire.Value, at inputContext, p *problems) *objectInput {
	input := &objectInput{class: c, full: at.full && !k.v.v2}
	if k.v.v2 {
		input.acl = readACL(in, []string{aclRead, aclWrite}, p)
	} else {
		input.ownerRight = readChoice(in, "owner_permissions", rightNamed, p)
		input.groupRight = readChoice(in, "group_permissions", rightNamed, p)
		input.otherRight = readChoice(in, "other_permissions", rightNamed, p)
		input.group = k.readID(in, "group", p)
	}
	if at.creating || at.nested {
		input.channel = k.text(in, "channel", textRule{nullable: true, max: 64}, p)
		input.room = k.text(in, "channel_room", textRule{nullable: true, max: 64}, p)
	}
	if !at.nested {
		if !k.v.v2 {
			input.owner = k.readID(in, "owner", p)
		}
		input.expected = readExpected(in, p)
	}
	k.readValues(input, in, at, p)
	return input
}

// readID reads a field that holds an id or null.
func (c *call) readID(in wire.Value, name string, p *problems) wire.Field[int64] {
	v, ok := in.Get(name)
	if !ok {
		return wire.Field[int64]{}
	}
	if v.IsNull() || c.values().BlankIsNull(v) {
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
func (c *call) readValues(input *objectInput, in wire.Value, at inputContext, p *problems) {
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
