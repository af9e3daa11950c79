package onapp

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindField is the kind of the one record that holds the definitions of all additional fields,
// under keyAllFields: they are few and every user shows all of them, so one read must be enough.
const (
	kindField    = "onapp.user_additional_fields"
	keyAllFields = "all"
)

// The types of additional fields. See REFERENCE.md, "Additional fields".
const (
	typeString  = "string"
	typeInteger = "integer"
)

// field is the definition of one additional field.
type field struct {
	ID           int64  `json:"id"`
	Name         string `json:"name"`
	DefaultValue string `json:"default_value"`
	Type         string `json:"data_type"`

	mapped bool // see core.Mapping; known to writers only
}

// fieldSet is the stored document. A decoded one is shared and must not be changed.
type fieldSet struct {
	Version int     `json:"v"`
	Last    int64   `json:"last"` // the highest id given so far
	Fields  []field `json:"fields"`
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
	set, err := decodeBody[fieldSet](r.Body)
	return r, set, err
}

// loadFields reads the definitions, by id.
func (d *Dialect) loadFields(tx *core.Tx) ([]field, error) {
	_, set, err := d.fieldRecord(tx)
	if err != nil {
		return nil, err
	}
	return set.Fields, nil
}

// loadFieldsToWrite is loadFields for a change of a user.
func (d *Dialect) loadFieldsToWrite(tx *core.Tx) ([]field, error) {
	fields, err := d.loadFields(tx)
	if err != nil || len(fields) == 0 {
		return nil, err
	}
	mappings, err := core.Mappings(tx, d.cfg.Realm)
	if err != nil || len(mappings) == 0 {
		return fields, err
	}
	fields = slices.Clone(fields)
	for i := range fields {
		fields[i].mapped = slices.ContainsFunc(mappings, func(m core.Mapping) bool { return m.Attribute == fields[i].Name })
	}
	return fields, nil
}

// fieldValue is one additional field of a user as it is shown.
type fieldValue struct{ name, value string }

// fieldValues are the user's values of all defined fields. A user without a value, or with one of
// another type, shows the definition's default. See REFERENCE.md, "Additional fields".
func fieldValues(fields []field, u *core.User) []fieldValue {
	if len(fields) == 0 {
		return nil
	}
	values := make([]fieldValue, len(fields))
	for i := range fields {
		f := &fields[i]
		values[i] = fieldValue{f.Name, f.DefaultValue}
		if raw, ok := u.Attributes.Get(f.Name); ok {
			if text, ok := f.text(raw); ok {
				values[i].value = text
			}
		}
	}
	return values
}

// text is a JSON value as this field shows it; ok is false for a value of another type and for
// none.
func (f *field) text(raw string) (text string, ok bool) {
	v, err := wire.ParseJSON([]byte(raw), wire.Limits{})
	if err != nil || !isScalar(v) || v.IsNull() {
		return "", false
	}
	text = strings.TrimSpace(v.Text())
	if f.Type == typeInteger {
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return "", false
		}
	}
	return v.Text(), text != ""
}

// fieldInput is what a request sets of one additional field.
type fieldInput struct {
	name  string
	value wire.Value
}

// decodeFieldInputs reads additional_fields in its three shapes: a list of named values, each under
// a root or not, or one object of names and values. See REFERENCE.md, "JSON input".
func decodeFieldInputs(v wire.Value) (all []fieldInput) {
	given, ok := v.Get("additional_fields")
	if !ok {
		return nil
	}
	items, isList := wire.AsList(given)
	if !isList {
		inner, wrapped := given.Get("additional_field")
		if !wrapped || inner.Kind() == wire.KindString {
			for _, m := range given.Members() {
				if isScalar(m.Value) {
					all = append(all, fieldInput{m.Name, m.Value})
				}
			}
			return all
		}
		if items = inner.Items(); inner.Kind() != wire.KindArray {
			items = []wire.Value{inner}
		}
	}
	for _, item := range items {
		if inner, ok := item.Get("additional_field"); ok {
			item = inner
		}
		name, _ := item.Get("name")
		if value, ok := item.Get("value"); name.Text() != "" && ok && isScalar(value) {
			all = append(all, fieldInput{name.Text(), value})
		}
	}
	return all
}

// assignFields stores values of defined fields and leaves all others unchanged; of several values
// of one field the last counts.
func assignFields(u *core.User, fields []field, given []fieldInput) {
	for i := range fields {
		for j := len(given) - 1; j >= 0; j-- {
			if given[j].name == fields[i].Name {
				fields[i].assign(u, given[j].value)
				break
			}
		}
	}
}

// assign stores one value. A value whose text is shown already keeps its stored type: a number of
// another dialect stays a number if a client sends back what it loaded.
func (f *field) assign(u *core.User, value wire.Value) {
	raw, exists := u.Attributes.Get(f.Name)
	if value.IsNull() {
		if f.mapped {
			u.Attributes.Set(f.Name, "null") // it clears what the field is mapped to
		} else if exists {
			u.Attributes.Delete(f.Name)
		}
		return
	}
	text, shown, valid := value.Text(), "", false
	if exists {
		shown, valid = f.text(raw)
	}
	switch {
	case valid && shown == text, !valid && text == f.DefaultValue:
		return
	case f.Type == typeInteger && isCanonicalInt(text):
		u.Attributes.Set(f.Name, text)
	default:
		u.Attributes.Set(f.Name, string(wire.String(text).JSON()))
	}
}

// isCanonicalInt reports whether text is a whole number without leading zeros, plus sign or blanks.
func isCanonicalInt(text string) bool {
	i, err := strconv.ParseInt(text, 10, 64)
	return err == nil && strconv.FormatInt(i, 10) == text
}
