package syncano

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

var className = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func createClass(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	var view classView
	err = c.update(func(tx *core.Tx) (err error) {
		view, err = addClass(c, tx, in)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return created(func(e *encoder) { e.class(view) })
}

// addClass stores a new class.
func addClass(c *call, tx *core.Tx, in wire.Value) (v classView, err error) {
	p := &problems{}
	name := readClassName(c, in, p)
	body := schema.NewClassBody("")
	input, err := readClass(c, in, tx, body, p)
	if err == nil {
		err = p.err()
	}
	if err != nil {
		return v, err
	}
	input.apply(body, false)
	body.Revision = 1
	if err := roomForClass(c, tx, name); err != nil {
		return v, err
	}
	return saveClassRow(tx, &core.Record{Realm: c.instance.Realm, Kind: schema.ClassKind, Key: name}, body)
}

func readClassName(c *call, in wire.Value, p *problems) string {
	name, ok := c.text(in, "name", textRule{required: true, max: 64}, p).Get()
	if !ok {
		return ""
	}
	name = strings.ToLower(name)
	switch {
	case !className.MatchString(name):
		p.add("name", "Enter a valid value consisting of letters, numbers, underscores.")
	case name == "self" || name == "user" || name == "users" || name == "acl":
		p.add("name", msgReservedName)
	}
	return name
}

func roomForClass(c *call, tx *core.Tx, name string) error {
	n, err := tx.CountRecords(core.RecordQuery{Realm: c.instance.Realm, Kind: schema.ClassKind})
	if err != nil {
		return err
	}
	if limit := c.d.cfg.MaxClasses; limit >= 0 && n >= limit {
		return countExceeded("Class", limit)
	}
	exists, err := classExists(tx, c.instance.Realm, name)
	if exists {
		return fieldError("name", msgUnique)
	}
	return err
}

func classExists(tx *core.Tx, realm core.Realm, name string) (bool, error) {
	_, err := schema.FindClass(tx, realm, name)
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func saveClassRow(tx *core.Tx, row *core.Record, body *schema.ClassBody) (v classView, err error) {
	row.Body = document(body)
	if err := tx.SaveRecord(row); err != nil {
		return v, err
	}
	return newClassView(tx, &schema.Class{Row: row, ClassBody: body})
}

// saveClass changes the class of the path.
func saveClass(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	return saveClassNamed(c, c.class.Name(), in, c.method == http.MethodPut, func(v classView) (reply, error) {
		return show(nil, func(e *encoder) { e.class(v) })
	})
}

// saveClassNamed changes a class. It first removes the values of dropped fields,
// in steps, so that they cannot come back with a field of the same name.
func saveClassNamed(c *call, name string, in wire.Value, full bool, answer func(classView) (reply, error)) (reply, error) {
	var dropped schema.Fields
	err := c.view(func(tx *core.Tx) error {
		body, err := changedClass(c, tx, name, in, full)
		if err == nil {
			dropped = c.class.Schema.Dropped(body.Schema)
		}
		return err
	})
	if err == nil {
		err = removeValues(c, dropped)
	}
	if err != nil {
		return reply{}, err
	}
	var view classView
	err = c.update(func(tx *core.Tx) error {
		body, err := changedClass(c, tx, name, in, full)
		if err != nil {
			return err
		}
		view, err = saveClassRow(tx, c.class.Row, body)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return answer(view)
}

// changedClass is the stored class with the request's changes.
func changedClass(c *call, tx *core.Tx, name string, in wire.Value, full bool) (*schema.ClassBody, error) {
	of, err := schema.FindAnyClass(tx, c.instance.Realm, name)
	if err != nil {
		return nil, err
	}
	c.class = of
	p := &problems{}
	body := *of.ClassBody
	input, err := readClass(c, in, tx, &body, p)
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

func deleteClass(c *call) (reply, error) {
	name := c.class.Name()
	err := c.update(func(tx *core.Tx) error {
		of, err := schema.FindClass(tx, c.instance.Realm, name)
		if err != nil {
			return err
		}
		return tx.RemoveRecord(of.Row)
	})
	if err == nil {
		err = removeValues(c, c.class.Schema.Files())
	}
	for _, kind := range []string{schema.ObjectKind(name), schema.ClaimKind(name)} {
		if err == nil {
			err = c.d.removeKind(c, c.instance.Realm, kind)
		}
	}
	return noContent(err)
}
