package syncano

import (
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// objectInput is what a request says of a data object or a profile.
type objectInput struct {
	class      *class
	full       bool // rights that are not spoken of go back to their defaults
	ownerRight wire.Field[right]
	groupRight wire.Field[right]
	otherRight wire.Field[right]
	owner      wire.Field[int64]
	group      wire.Field[int64]
	channel    wire.Field[string]
	room       wire.Field[string]
	acl        *acl // v2
	values     []valueInput
	expected   int64 // 0: any revision
	// limited lowers what is granted to most, which is what the caller has.
	limited bool
	most    right
}

// where says which of the places that take an object's fields is read.
type where struct {
	full      bool // POST and PUT
	creating  bool
	nested    bool // under "profile" of a user: no owner, no expected_revision
	operators bool // {"_increment": 1} and its like work
}

// readObject reads the fields of an object; faults go to p.
func (k *call) readObject(c *class, in wire.Value, at where, p *problems) *objectInput {
	input := &objectInput{class: c, full: at.full && !k.v.v2}
	if k.v.v2 {
		input.acl = k.readACLMember(in, p)
	} else {
		k.readRights(input, in, p)
		k.readGroup(input, in, p)
	}
	if at.creating || at.nested {
		input.channel = k.text(in, "channel", textRule{nullable: true, max: 64}, p)
		input.room = k.text(in, "channel_room", textRule{nullable: true, max: 64}, p)
	}
	if !at.nested {
		k.readOwner(input, in, p)
		k.readExpected(input, in, p)
	}
	k.readValues(input, in, at, p)
	return input
}

func (k *call) readRights(input *objectInput, in wire.Value, p *problems) {
	for _, one := range []struct {
		name string
		to   *wire.Field[right]
	}{
		{"owner_permissions", &input.ownerRight},
		{"group_permissions", &input.groupRight},
		{"other_permissions", &input.otherRight},
	} {
		v, ok := in.Get(one.name)
		if !ok {
			continue
		}
		if v.IsNull() {
			p.add(one.name, msgNull)
			continue
		}
		r, ok := rightNamed(v.Text())
		if !ok || v.Kind() == wire.KindBool {
			p.add(one.name, notChoice(choiceText(v)))
			continue
		}
		*one.to = wire.Some(r)
	}
}

// choiceText is what a message about a bad choice quotes, with a boolean as the
// original's language spells it.
func choiceText(v wire.Value) string {
	switch v.Kind() {
	case wire.KindArray, wire.KindObject:
		return string(v.JSON())
	case wire.KindBool:
		if v.Text() == "true" {
			return "True"
		}
		return "False"
	}
	return v.Text()
}

func (k *call) readGroup(input *objectInput, in wire.Value, p *problems) {
	input.group = k.readID(in, "group", p)
}

// readID reads a field that holds an id or null.
func (k *call) readID(in wire.Value, name string, p *problems) wire.Field[int64] {
	v, ok := in.Get(name)
	if !ok {
		return wire.Field[int64]{}
	}
	if v.IsNull() || k.blankIsNull(v) {
		return wire.Null[int64]()
	}
	id, fault := readPK(v)
	if fault != "" {
		p.add(name, fault)
		return wire.Field[int64]{}
	}
	return wire.Some(id)
}

func (k *call) readOwner(input *objectInput, in wire.Value, p *problems) {
	if !k.v.v2 {
		input.owner = k.readID(in, "owner", p)
	}
}

func (k *call) readExpected(input *objectInput, in wire.Value, p *problems) {
	v, ok := in.Get("expected_revision")
	if !ok || v.IsNull() {
		return
	}
	n, err := strconv.ParseInt(v.Text(), 10, 64)
	if err != nil {
		p.add("expected_revision", msgNotInt)
		return
	}
	input.expected = n
}

// readValues reads the schema's fields.
func (k *call) readValues(input *objectInput, in wire.Value, at where, p *problems) {
	for i := range input.class.Schema {
		f := &input.class.Schema[i]
		v, ok := in.Get(f.Name)
		if !ok || k.hides(input.class, f) {
			continue
		}
		one, isOperator := readOperator(f, v, at.operators)
		fault := ""
		if !isOperator {
			one, fault = k.readValue(f, v)
		}
		if fault != "" {
			p.add(f.Name, fault)
			continue
		}
		input.values = append(input.values, one)
	}
}

// readUserProfile reads "profile" of a user's body, or in v2 the flat fields.
func (k *call) readUserProfile(in wire.Value, input *userInput, full bool, p *problems) error {
	nested, ok := in.Get("profile")
	if !ok && !k.v.v2 {
		return nil
	}
	at := where{full: full, nested: true, creating: k.method == http.MethodPost && k.user == nil}
	if k.v.v2 {
		at.operators = !at.creating
		nested = in
	} else if fault := k.profileFault(&nested); fault != nil {
		p.nestOrAdd("profile", fault)
		return nil
	}
	faults := &problems{}
	err := k.d.dir.View(k.req.Context(), func(tx *core.Tx) error {
		c, err := findProfileClass(tx, k.instance.Realm)
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
		if v, err := parseJSON([]byte(text), k.d.cfg.Body); err == nil {
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
