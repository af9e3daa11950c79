package syncano

import (
	"net/http"

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
func (k *call) readID(in wire.Value, name string, p *problems) wire.Field[int64] {
	v, ok := in.Get(name)
	if !ok {
		return wire.Field[int64]{}
	}
	if v.IsNull() || k.values().BlankIsNull(v) {
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
func (k *call) readValues(input *objectInput, in wire.Value, at inputContext, p *problems) {
	values := k.values()
	for i := range input.class.Schema {
		f := &input.class.Schema[i]
		v, ok := in.Get(f.Name)
		if !ok || k.v.v2 && input.class.Hides(f) {
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
func (k *call) values() *schema.Context {
	return &schema.Context{Form: k.body.form, Limits: k.d.cfg.Body, Files: files{k}}
}

// readUserProfile reads "profile" of a user's body, or in v2 the flat fields.
func (k *call) readUserProfile(in wire.Value, input *userInput, full bool, p *problems) error {
	nested, ok := in.Get("profile")
	if !ok && !k.v.v2 {
		return nil
	}
	at := inputContext{full: full, nested: true, creating: k.method == http.MethodPost && k.user == nil}
	if k.v.v2 {
		at.operators = !at.creating
		nested = in
	} else if fault := k.profileFault(&nested); fault != nil {
		p.nestOrAdd("profile", fault)
		return nil
	}
	faults := &problems{}
	err := k.d.dir.View(k.req.Context(), func(tx *core.Tx) error {
		c, err := schema.FindProfileClass(tx, k.instance.Realm)
		if err != nil {
			return err
		}
		*faults = problems{}
		input.profile = k.readObject(c, nested, at, faults)
		return k.lookUp(tx, input.profile, faults)
	})
	if k.v.v2 {
		p.list = append(p.list, faults.list...)
	} else {
		p.nest("profile", faults)
	}
	return err
}

// profileFault says what is wrong with a profile that is no object. A form may
// bring the object as JSON text.
func (k *call) profileFault(nested *wire.Value) *problems {
	p := &problems{}
	if text, ok := nested.Str(); ok && k.body.form {
		if v, err := schema.ParseJSON([]byte(text), k.d.cfg.Body); err == nil {
			*nested = v
		}
	}
	switch nested.Kind() {
	case wire.KindObject:
		return nil
	case wire.KindNull:
		p.add("", msgNull)
	default:
		p.add("non_field_errors", notDictionary(*nested))
	}
	return p
}

// nestOrAdd nests faults under the field; a fault without a name is the field's own.
func (p *problems) nestOrAdd(field string, faults *problems) {
	if faults.list[0].field == "" {
		p.add(field, faults.list[0].messages...)
		return
	}
	p.nest(field, faults)
}
