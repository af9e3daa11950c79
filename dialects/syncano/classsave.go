package syncano

import (
	"net/http"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// classInput is what a request says of a class.
type classInput struct {
	description wire.Field[string]
	schema      wire.Field[[]field]
	group       wire.Field[int64]
	groupRight  wire.Field[classRight]
	otherRight  wire.Field[classRight]
	metadata    wire.Field[[]byte]
	expected    int64
}

func (k *call) readClass(in wire.Value, tx *core.Tx, old *classBody, p *problems) (*classInput, error) {
	input := &classInput{description: k.text(in, "description", textRule{blank: true, max: 256}, p)}
	if err := k.readSchemaMember(in, tx, old, input, p); err != nil {
		return nil, err
	}
	input.group = k.readID(in, "group", p)
	if id, ok := input.group.Get(); ok {
		living, err := livingGroup(tx, k.instance.Realm, id)
		if err != nil {
			return nil, err
		}
		if living == 0 {
			p.add("group", noSuchPK(decimal(id)))
		}
	}
	input.groupRight = readClassRight(in, "group_permissions", p)
	input.otherRight = readClassRight(in, "other_permissions", p)
	input.metadata = readClassMetadata(in, p)
	var expected objectInput
	k.readExpected(&expected, in, p)
	input.expected = expected.expected
	return input, nil
}

func readClassRight(in wire.Value, name string, p *problems) wire.Field[classRight] {
	v, ok := in.Get(name)
	if !ok {
		return wire.Field[classRight]{}
	}
	if v.IsNull() {
		p.add(name, msgNull)
		return wire.Field[classRight]{}
	}
	r, ok := classRightNamed(v.Text())
	if !ok || v.Kind() == wire.KindBool {
		p.add(name, notChoice(choiceText(v)))
		return wire.Field[classRight]{}
	}
	return wire.Some(r)
}

// readClassMetadata bounds a class's metadata: 8 names of 16 characters, values of 4096.
func readClassMetadata(in wire.Value, p *problems) wire.Field[[]byte] {
	text, ok := readMetadata(in, p).Get()
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

// lengthOf is the characters of a string, or of the JSON of anything else.
func lengthOf(v wire.Value) int {
	if text, ok := v.Str(); ok {
		return utf8.RuneCountInString(text)
	}
	return utf8.RuneCount(v.JSON())
}

// apply makes body as the request wants it. In full (PUT), a schema and rights
// that are not spoken of go back to their defaults.
func (in *classInput) apply(body *classBody, full bool) {
	body.Description = in.description.Or(body.Description)
	if full {
		body.GroupRight, body.OtherRight = classCreate, classCreate
	}
	if schema, ok := in.schema.Get(); (ok || full) && !sameSchema(schema, body.Schema) {
		body.Schema = schema
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

func sameSchema(a, b []field) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// saveClass changes the class of the path. The values of fields that go are
// forgotten first, in steps, so that they cannot come back with the field.
func saveClass(k *call) error {
	in, err := k.bodyObject()
	if err != nil {
		return err
	}
	return k.saveClassOf(k.class.name(), in, k.method == http.MethodPut, k.writeClass)
}

func (k *call) saveClassOf(name string, in wire.Value, full bool, write func(shownClass)) error {
	var gone []field
	err := k.view(func(tx *core.Tx) error {
		body, err := k.changedClass(tx, name, in, full)
		if err == nil {
			gone = goneFields(k.class.Schema, body.Schema)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := k.forgetValues(gone); err != nil {
		return err
	}
	shown, err := k.storeClass(name, in, full)
	if err == nil {
		write(shown)
	}
	return err
}

// changedClass is the stored class as the request wants it.
func (k *call) changedClass(tx *core.Tx, name string, in wire.Value, full bool) (*classBody, error) {
	c, err := findAnyClass(tx, k.instance.Realm, name)
	if err != nil {
		return nil, err
	}
	k.class = c
	p := &problems{}
	body := *c.classBody
	input, err := k.readClass(in, tx, &body, p)
	if err == nil {
		err = p.err()
	}
	if err != nil {
		return nil, err
	}
	if input.expected != 0 && input.expected != body.Revision {
		return nil, revisionMismatch(input.expected, body.Revision)
	}
	input.apply(&body, full)
	return &body, nil
}

func (k *call) storeClass(name string, in wire.Value, full bool) (shown shownClass, err error) {
	err = k.d.dir.Update(k.req.Context(), func(tx *core.Tx) error {
		body, err := k.changedClass(tx, name, in, full)
		if err != nil {
			return err
		}
		row := k.class.row
		row.Body = document(body)
		if err := tx.SaveRecord(row); err != nil {
			return err
		}
		shown, err = k.shownClass(tx, &class{row, body})
		return err
	})
	return shown, err
}

// goneFields are the fields whose values are to be forgotten: removed, or of
// another type or target now.
func goneFields(old, now []field) []field {
	var gone []field
	for _, f := range old {
		c := classBody{Schema: now}
		if kept := c.field(f.Name); kept == nil || kept.Type != f.Type || kept.Target != f.Target {
			gone = append(gone, f)
		}
	}
	return gone
}
