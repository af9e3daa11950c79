package onapp

import (
	"errors"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindField is the kind of the one record that holds the definitions of all additional fields: they are few, and
// every user shown needs all of them, so that one read must do. Its key is keyAllFields.
const (
	kindField    = "onapp.user_additional_fields"
	keyAllFields = "all"
)

// The types of additional fields. source: vendor reference, additional fields.
const (
	typeString  = "string"
	typeInteger = "integer"
)

// field is the definition of one additional field.
type field struct {
	id                          int64
	name, defaultValue, typeSet string
}

// fieldSet is the record, read. It is shared and must not be changed.
type fieldSet struct {
	last   int64 // the highest id given so far
	fields []field
}

func decodeFields(text []byte) (*fieldSet, error) {
	if text == nil {
		return &fieldSet{}, nil
	}
	v, err := wire.ParseJSON(text, wire.Limits{})
	if err != nil {
		return nil, &core.Error{Op: "decode additional fields", Subject: kindField, Err: err}
	}
	set := &fieldSet{last: intAt(v, "last")}
	list, _ := v.Get("fields")
	for _, item := range list.Items() {
		set.fields = append(set.fields, field{
			id: intAt(item, "id"), name: textAt(item, "name"),
			defaultValue: textAt(item, "default_value"), typeSet: textAt(item, "data_type"),
		})
	}
	return set, nil
}

func (s *fieldSet) encode() *core.Document {
	list := wire.Array()
	for _, f := range s.fields {
		list.Append(wire.Object(
			wire.Member{Name: "id", Value: wire.Int(f.id)},
			wire.Member{Name: "name", Value: wire.String(f.name)},
			wire.Member{Name: "default_value", Value: wire.String(f.defaultValue)},
			wire.Member{Name: "data_type", Value: wire.String(f.typeSet)},
		))
	}
	v := wire.Object(
		wire.Member{Name: "v", Value: wire.Int(1)},
		wire.Member{Name: "last", Value: wire.Int(s.last)},
		wire.Member{Name: "fields", Value: list},
	)
	return core.NewDocument(v.JSON())
}

// fieldRecord reads the record; a new one if there is none yet.
func (d *Dialect) fieldRecord(tx *core.Tx) (*core.Record, *fieldSet, error) {
	r, err := tx.Record(core.RecordRef{Realm: d.cfg.Realm, Kind: kindField, Key: keyAllFields})
	if errors.Is(err, core.ErrNotFound) {
		return &core.Record{Realm: d.cfg.Realm, Kind: kindField, Key: keyAllFields}, &fieldSet{}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	set, err := core.Decoded(r.Body, decodeFields)
	return r, set, err
}

// fieldsIn reads the definitions, by id.
func (d *Dialect) fieldsIn(tx *core.Tx) ([]field, error) {
	_, set, err := d.fieldRecord(tx)
	if err != nil {
		return nil, err
	}
	return set.fields, nil
}

// shownField is one additional field of a user as it is shown.
type shownField struct{ name, value string }

// shownFields are the user's values of all defined fields. Where a user has none, or one of another type, the
// definition's default is shown. source: vendor reference, additional fields.
func shownFields(fields []field, u *core.User) []shownField {
	if len(fields) == 0 {
		return nil
	}
	shown := make([]shownField, len(fields))
	for i, f := range fields {
		shown[i] = shownField{f.name, f.defaultValue}
		if raw, ok := u.Attributes.Get(f.name); ok {
			if text, ok := f.text(raw); ok {
				shown[i].value = text
			}
		}
	}
	return shown
}

// text is a JSON value as this field shows it; ok is false for a value of another type, and for none.
func (f field) text(raw string) (text string, ok bool) {
	v, err := wire.ParseJSON([]byte(raw), wire.Limits{})
	if err != nil || !scalar(v) || v.IsNull() {
		return "", false
	}
	text = v.Text()
	if f.typeSet == typeInteger && !isInteger(text) {
		return "", false
	}
	return text, strings.TrimSpace(text) != ""
}

func isInteger(text string) bool {
	_, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return err == nil
}

// additional is what a request says of one additional field.
type additional struct {
	name  string
	value wire.Value
}

// readAdditional reads additional_fields in its three shapes: a list of named values, each under a root or not, or
// one object of names and values. source: vendor reference, JSON input.
func readAdditional(v wire.Value) []additional {
	given, ok := v.Get("additional_fields")
	if !ok {
		return nil
	}
	items, isList := wire.AsList(given)
	if !isList {
		if inner, ok := given.Get("additional_field"); ok && inner.Kind() != wire.KindString {
			return readAdditional(wire.Object(wire.Member{Name: "additional_fields", Value: listOf(inner)}))
		}
		return readPlainFields(given)
	}
	var all []additional
	for _, item := range items {
		if inner, ok := item.Get("additional_field"); ok {
			item = inner
		}
		name, _ := item.Get("name")
		if value, ok := item.Get("value"); name.Text() != "" && (ok && scalar(value)) {
			all = append(all, additional{name.Text(), value})
		}
	}
	return all
}

func listOf(v wire.Value) wire.Value {
	if v.Kind() == wire.KindArray {
		return v
	}
	return wire.Array(v)
}

func readPlainFields(given wire.Value) []additional {
	var all []additional
	for _, m := range given.Members() {
		if scalar(m.Value) {
			all = append(all, additional{m.Name, m.Value})
		}
	}
	return all
}

// assign stores values under names that are defined, and leaves all others as they are. A value whose text is what
// is shown already keeps its stored type, so that a number that another dialect wrote does not become text because a
// client sent back what it had loaded.
func assign(u *core.User, fields []field, given []additional) {
	if len(given) == 0 || len(fields) == 0 {
		return
	}
	last := make(map[string]wire.Value, len(given))
	for _, a := range given {
		last[a.name] = a.value
	}
	for _, f := range fields {
		if value, ok := last[f.name]; ok {
			f.assign(u, value)
		}
	}
}

func (f field) assign(u *core.User, value wire.Value) {
	raw, had := u.Attributes.Get(f.name)
	if value.IsNull() {
		if had {
			u.Attributes.Delete(f.name)
		}
		return
	}
	text := value.Text()
	shown, valid := "", false
	if had {
		shown, valid = f.text(raw)
	}
	switch {
	case valid && shown == text, !valid && text == f.defaultValue:
		return
	case f.typeSet == typeInteger && isCanonical(text):
		u.Attributes.Set(f.name, text)
	default:
		u.Attributes.Set(f.name, string(wire.String(text).JSON()))
	}
}

// isCanonical tells whether text is a whole number in the only way to write it.
func isCanonical(text string) bool {
	i, err := strconv.ParseInt(text, 10, 64)
	return err == nil && strconv.FormatInt(i, 10) == text
}
