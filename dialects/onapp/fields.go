package onapp

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// fieldRoutes: source: vendor reference, additional fields. Reading is for whoever may see users, changing for
// whoever may change settings.
var fieldRoutes = []route{
	{"GET", "/user_additional_fields", "additional_fields.list", listFields},
	{"POST", "/user_additional_fields", "additional_fields.create", createField},
	{"GET", "/user_additional_fields/:id", "additional_fields.show", getField},
	{"PUT", "/user_additional_fields/:id", "additional_fields.update", updateField},
	{"DELETE", "/user_additional_fields/:id", "additional_fields.delete", deleteField},
}

var nounField = noun{"user_additional_field", "user_additional_fields"}

// maxFields is how many additional fields can be defined: every user shows all of them.
const maxFields = 500

func writeField(e stream, f field) {
	e.Int("id", f.id)
	e.Str("name", f.name)
	e.Str("default_value", f.defaultValue)
	e.Str("data_type", f.typeSet)
}

func listFields(c *call) (reply, error) {
	if err := forbidden(!c.some(mayReadUsers)); err != nil {
		return reply{}, err
	}
	var all []field
	p := c.pageOf()
	err := c.view(func(tx *core.Tx) error {
		fields, err := c.d.fieldsIn(tx)
		q := c.top("q").Text()
		all = nil
		for _, f := range fields {
			if found(f.name, q) {
				all = append(all, f)
			}
		}
		return err
	})
	return showList(nounField, cut(p, all), p, writeField), err
}

func getField(c *call) (reply, error) {
	var f field
	err := c.view(func(tx *core.Tx) error {
		_, set, err := c.d.fieldRecord(tx)
		if err != nil {
			return err
		}
		at, err := set.find(c.id("id"))
		if err == nil {
			f = set.fields[at]
			err = forbidden(!c.some(mayReadUsers))
		}
		return err
	})
	return showObject(nounField, f, writeField), err
}

func (s *fieldSet) find(id int64) (int, error) {
	at := slices.IndexFunc(s.fields, func(f field) bool { return f.id == id })
	if at < 0 {
		return 0, &core.Error{Kind: core.NotFound, Subject: kindField}
	}
	return at, nil
}

// clone returns a copy that may be changed.
func (s *fieldSet) clone() *fieldSet { return &fieldSet{last: s.last, fields: slices.Clone(s.fields)} }

// apply checks what a request says about a definition and changes it.
func (f *field) apply(v wire.Value, set *fieldSet, isNew bool) error {
	var faults faultList
	if name := textField(v, "name"); name.Present() || isNew {
		f.name = strings.TrimSpace(name.Or(""))
		switch {
		case f.name == "":
			faults.add(fieldDefinition, core.NotBlank, 0)
		case set.hasName(f.name, f.id):
			faults.add(fieldDefinition, core.Taken, 0)
		}
		faults.length(fieldDefinition, name, maxText)
	}
	if text := textField(v, "default_value"); text.Present() {
		f.defaultValue = text.Or("")
		faults.length("default_value", text, maxText)
	}
	switch typ := textField(v, "data_type").Or(""); typ {
	case typeString, typeInteger:
		f.typeSet = typ
	case "":
	default:
		faults.add("data_type", core.Malformed, 0)
	}
	return core.NewInvalid(faults...)
}

func (s *fieldSet) hasName(name string, except int64) bool {
	return slices.ContainsFunc(s.fields, func(f field) bool {
		return f.id != except && core.Fold(f.name) == core.Fold(name)
	})
}

// changeFields changes the definitions as a whole.
func (c *call) changeFields(change func(*fieldSet) error) error {
	return c.update(func(tx *core.Tx) error {
		r, shared, err := c.d.fieldRecord(tx)
		if err != nil {
			return err
		}
		set := shared.clone()
		if err := change(set); err != nil {
			return err
		}
		r.Body = set.encode()
		return tx.SaveRecord(r)
	})
}

func createField(c *call) (reply, error) {
	if err := forbidden(!c.all(mayUpdateSettings)); err != nil {
		return reply{}, err
	}
	var f field
	err := c.changeFields(func(set *fieldSet) error {
		f = field{typeSet: typeString}
		if err := f.apply(c.resource(nounField.one), set, true); err != nil {
			return err
		}
		if len(set.fields) >= maxFields {
			return core.NewInvalid(core.Fault{Field: fieldBase, Value: baseTooManyItems})
		}
		set.last++
		f.id = set.last
		set.fields = append(set.fields, f)
		return nil
	})
	return created(nounField, "/user_additional_fields", f.id, f, writeField), err
}

func updateField(c *call) (reply, error) {
	err := c.changeFields(func(set *fieldSet) error {
		at, err := set.find(c.id("id"))
		if err != nil {
			return err
		}
		if err := forbidden(!c.all(mayUpdateSettings)); err != nil {
			return err
		}
		return set.fields[at].apply(c.resource(nounField.one), set, false)
	})
	return c.d.done(), err
}

// deleteField takes the definition away. What users hold under its name stays: other dialects show it too.
func deleteField(c *call) (reply, error) {
	err := c.changeFields(func(set *fieldSet) error {
		at, err := set.find(c.id("id"))
		if err != nil {
			return err
		}
		if err := forbidden(!c.all(mayUpdateSettings)); err != nil {
			return err
		}
		set.fields = slices.Delete(set.fields, at, at+1)
		return nil
	})
	return c.d.done(), err
}
