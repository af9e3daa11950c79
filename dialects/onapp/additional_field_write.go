package onapp

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// fieldRoutes: see REFERENCE.md, "Additional fields". The right to see users includes the
// definitions; changing them needs the right to change settings.
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
	e.Int("id", f.ID)
	e.Str("name", f.Name)
	e.Str("default_value", f.DefaultValue)
	e.Str("data_type", f.Type)
}

func listFields(c *call) (reply, error) {
	if err := require(c.maySome(mayReadUsers)); err != nil {
		return reply{}, err
	}
	var all []field
	p, q := c.readPage(), c.top("q").Text()
	err := c.view(func(tx *core.Tx) error {
		fields, err := c.d.loadFields(tx)
		all = slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return !containsFold(f.Name, q) })
		return err
	})
	return showList(nounField, cut(p, all), p, writeField), err
}

// containsFold reports whether a text contains q, whatever the case, or q as snake_case.
func containsFold(text, q string) bool {
	text = core.Fold(text)
	return strings.Contains(text, core.Fold(q)) || strings.Contains(text, underscored(q))
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
			f = set.Fields[at]
			err = require(c.maySome(mayReadUsers))
		}
		return err
	})
	return showObject(nounField, f, writeField), err
}

func (s *fieldSet) find(id int64) (int, error) {
	at := slices.IndexFunc(s.Fields, func(f field) bool { return f.ID == id })
	if at < 0 {
		return 0, &core.Error{Kind: core.NotFound, Subject: kindField}
	}
	return at, nil
}

// apply checks what a request sets of a definition and changes it.
func (f *field) apply(v wire.Value, set *fieldSet, isNew bool) error {
	var faults faultList
	if name := textField(v, "name"); name.Present() || isNew {
		f.Name = strings.TrimSpace(name.Or(""))
		isTaken := func(other field) bool { return other.ID != f.ID && core.Fold(other.Name) == core.Fold(f.Name) }
		switch {
		case f.Name == "":
			faults.add(fieldDefinition, core.NotBlank, 0)
		case slices.ContainsFunc(set.Fields, isTaken):
			faults.add(fieldDefinition, core.Taken, 0)
		}
		faults.length(fieldDefinition, name, maxText)
	}
	text := textField(v, "default_value")
	setText(&f.DefaultValue, text)
	faults.length("default_value", text, maxText)
	switch typ := textField(v, "data_type").Or(""); typ {
	case typeString, typeInteger:
		f.Type = typ
	case "":
	default:
		faults.add("data_type", core.Malformed, 0)
	}
	return core.NewInvalid(faults...)
}

// changeFields changes the definitions and stores them.
func (c *call) changeFields(change func(*fieldSet) error) error {
	return c.update(func(tx *core.Tx) error { return changeFieldSet(tx, c.d, change) })
}

func changeFieldSet(tx *core.Tx, d *Dialect, change func(*fieldSet) error) error {
	r, shared, err := d.fieldRecord(tx)
	if err != nil {
		return err
	}
	set := &fieldSet{Version: 1, Last: shared.Last, Fields: slices.Clone(shared.Fields)}
	if err := change(set); err != nil {
		return err
	}
	r.Body = encodeBody(set)
	return tx.SaveRecord(r)
}

// changeField changes the definition that the path names.
func (c *call) changeField(change func(set *fieldSet, at int) error) (reply, error) {
	err := c.changeFields(func(set *fieldSet) error {
		at, err := set.find(c.id("id"))
		if err != nil {
			return err
		}
		if err := require(c.mayAll(mayUpdateSettings)); err != nil {
			return err
		}
		return change(set, at)
	})
	return c.d.done(), err
}

func createField(c *call) (reply, error) {
	if err := require(c.mayAll(mayUpdateSettings)); err != nil {
		return reply{}, err
	}
	var f field
	err := c.changeFields(func(set *fieldSet) (err error) {
		f, err = set.add(c.resource(nounField.one), 0)
		return err
	})
	return showCreated(nounField, "/user_additional_fields", f.ID, f, writeField), err
}

// add adds a definition under the number, or the next one if that is 0.
func (s *fieldSet) add(v wire.Value, number int64) (field, error) {
	f := field{Type: typeString}
	if err := f.apply(v, s, true); err != nil {
		return f, err
	}
	if len(s.Fields) >= maxFields {
		return f, core.NewInvalid(baseFault(messageTooManyItems))
	}
	if f.ID = number; number == 0 {
		f.ID = s.Last + 1
	}
	s.Last = max(s.Last, f.ID)
	s.Fields = append(s.Fields, f)
	return f, nil
}

func updateField(c *call) (reply, error) {
	return c.changeField(func(set *fieldSet, at int) error {
		return set.Fields[at].apply(c.resource(nounField.one), set, false)
	})
}

// deleteField removes the definition. The users' values stay: other dialects show them too.
func deleteField(c *call) (reply, error) {
	return c.changeField(func(set *fieldSet, at int) error {
		set.Fields = slices.Delete(set.Fields, at, at+1)
		return nil
	})
}
