package syncano

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// classInput is a decoded request body of a class.
type classInput struct {
	description wire.Field[string]
	schema      wire.Field[schema.Fields]
	group       wire.Field[int64]
	groupRight  wire.Field[schema.ClassRight]
	otherRight  wire.Field[schema.ClassRight]
	metadata    wire.Field[[]byte]
	expected    int64 // 0: any revision
}

func readClass(c *call, in wire.Value, tx *core.Tx, old *schema.ClassBody, p *problems) (*classInput, error) {
	input := &classInput{description: c.text(in, "description", textRule{blank: true, max: 256}, p)}
	var err error
	if input.schema, err = readSchema(c, in, tx, old.Schema, p); err != nil {
		return nil, err
	}
	input.group = readID(in, "group", p)
	if id, ok := input.group.Get(); ok {
		living, err := existingGroup(tx, c.instance.Realm, id)
		if err != nil {
			return nil, err
		}
		if living == 0 {
			p.add("group", noSuchPK(decimal(id)))
		}
	}
	input.groupRight = readChoice(in, "group_permissions", schema.ClassRightNamed, p)
	input.otherRight = readChoice(in, "other_permissions", schema.ClassRightNamed, p)
	input.metadata = readClassMetadata(c, in, p)
	input.expected = readExpected(in, p)
	return input, nil
}

// readSchema reads "schema", which may be a string that holds the JSON.
func readSchema(c *call, in wire.Value, tx *core.Tx, old schema.Fields, p *problems) (f wire.Field[schema.Fields], err error) {
	v, ok := in.Get("schema")
	if !ok {
		return f, nil
	}
	if text, isText := v.Str(); isText {
		parsed, err := schema.ParseJSON([]byte(text), c.d.cfg.Body)
		if err != nil {
			p.add("schema", "Not a valid JSON string.")
			return f, nil
		}
		v = parsed
	}
	definitions := schema.Definitions{V2: c.v.v2, Old: old, Exists: func(class string) (bool, error) {
		return classExists(tx, c.instance.Realm, class)
	}}
	fields, fault, err := definitions.Read(v)
	if fault != "" {
		p.add("schema", fault)
	}
	return wire.Some(fields), err
}

// readChoice reads a field whose value is one of a few words.
func readChoice[T any](in wire.Value, name string, named func(string) (T, bool), p *problems) wire.Field[T] {
	v, ok := in.Get(name)
	if !ok {
		return wire.Field[T]{}
	}
	if v.IsNull() {
		p.add(name, msgNull)
		return wire.Field[T]{}
	}
	choice, ok := named(v.Text())
	if !ok || v.Kind() == wire.KindBool {
		p.add(name, notChoice(schema.ChoiceText(v)))
		return wire.Field[T]{}
	}
	return wire.Some(choice)
}

// readExpected reads the revision that a write expects; 0 for any.
func readExpected(in wire.Value, p *problems) int64 {
	v, ok := in.Get("expected_revision")
	if !ok || v.IsNull() {
		return 0
	}
	n, err := strconv.ParseInt(v.Text(), 10, 64)
	if err != nil {
		p.add("expected_revision", schema.MsgNotInteger)
		return 0
	}
	return n
}

// readClassMetadata limits a class's metadata to 8 names of 16 characters, with
// values of 4096.
func readClassMetadata(c *call, in wire.Value, p *problems) wire.Field[[]byte] {
	text, ok := readMetadata(c, in, p).Get()
	if !ok {
		return wire.Field[[]byte]{}
	}
	v, _ := wire.ParseJSON(text, wire.Limits{})
	if v.Len() > 8 {
		p.add("metadata", "Too many keys defined (exceeds 8).")
	}
	for _, m := range v.Members() {
		switch {
		case utf8.RuneCountInString(m.Name) > 16:
			p.add("metadata", "Key is too long, maximum length is 16.")
		case lengthOf(m.Value) > 4096:
			p.add("metadata", "Value is too long, maximum length is 4096.")
		}
	}
	return wire.Some([]byte(text))
}

// lengthOf is the number of characters of a string, or of other values' JSON.
func lengthOf(v wire.Value) int {
	if text, ok := v.Str(); ok {
		return utf8.RuneCountInString(text)
	}
	return utf8.RuneCount(v.JSON())
}

// apply changes body as requested. In full (PUT), schema and rights that are
// absent go back to their defaults.
func (in *classInput) apply(body *schema.ClassBody, full bool) {
	body.Description = in.description.Or(body.Description)
	if full {
		body.GroupRight, body.OtherRight = schema.ClassCreate, schema.ClassCreate
	}
	if fields, ok := in.schema.Get(); (ok || full) && !slices.Equal(fields, body.Schema) {
		body.Schema = fields
		body.Revision++
	}
	if in.group.Present() {
		body.Group = in.group.Or(0)
	}
	body.GroupRight = in.groupRight.Or(body.GroupRight)
	body.OtherRight = in.otherRight.Or(body.OtherRight)
	if text, ok := in.metadata.Get(); ok {
		body.Metadata = text
	}
}
