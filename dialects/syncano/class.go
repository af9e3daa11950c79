package syncano

import (
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

func classEndpoints() []*endpoint {
	fields := []optionField{
		{name: "name", kind: "slug", label: "Name", required: true, maxLength: 64},
		{name: "description", kind: "string", label: "Description", maxLength: 256},
		{name: "schema", kind: "field", label: "Schema"},
		{name: "group", kind: "field", label: "Group"},
		{name: "group_permissions", kind: "choice", label: "Group permissions"},
		{name: "other_permissions", kind: "choice", label: "Other permissions"},
		{name: "metadata", kind: "field", label: "Metadata"},
		{name: "expected_revision", kind: "integer", label: "Expected revision"},
	}
	return []*endpoint{
		{path: "instances/:instance/classes/", title: "Class List", scope: instanceScope, verbs: []verb{
			{method: http.MethodGet, op: "classes.list", may: members, read: listClasses},
			{method: http.MethodPost, op: "classes.create", may: writers, act: createClass, fields: fields},
		}},
		{path: "instances/:instance/classes/:class/", title: "Class Instance", scope: instanceScope, verbs: []verb{
			{method: http.MethodGet, op: "classes.show", may: members, find: findReadableClass, read: showClass},
			{method: http.MethodPut, op: "classes.update", may: writers, find: findPathClass, act: saveClass, fields: fields[1:]},
			{method: http.MethodPatch, op: "classes.patch", may: writers, find: findPathClass, act: saveClass},
			{method: http.MethodDelete, op: "classes.delete", may: writers, find: findOtherClass, act: deleteClass},
		}},
	}
}

// findPathClass finds the class of the path. v2 hides user_profile.
func findPathClass(c *call, tx *core.Tx) (err error) {
	name := strings.ToLower(c.echo.Param("class"))
	if c.v.v2 && name == schema.ProfileClass {
		return errNoClass
	}
	c.class, err = schema.FindAnyClass(tx, c.instance.Realm, name)
	return err
}

func findReadableClass(c *call, tx *core.Tx) error {
	if err := findPathClass(c, tx); err != nil {
		return err
	}
	r, err := c.classRight(tx, c.class)
	if err == nil && r < schema.ClassRead {
		return errNotFound
	}
	return err
}

// findOtherClass is findPathClass for what cannot be done to user_profile.
func findOtherClass(c *call, tx *core.Tx) error {
	if err := findPathClass(c, tx); err != nil {
		return err
	}
	if c.class.IsProfile() {
		return errForbidden
	}
	return nil
}

// classRight is the most that the caller may do with the class and its objects.
func (c *call) classRight(tx *core.Tx, of *schema.Class) (schema.ClassRight, error) {
	switch {
	case c.caller.role >= writeRole || c.caller.key != nil && c.caller.key.IgnoreACL:
		return schema.ClassCreate, nil
	case c.caller.role == readRole:
		return schema.ClassRead, nil
	case of.Group == 0 || c.caller.user == nil || of.GroupRight <= of.OtherRight:
		return of.OtherRight, nil
	}
	in, err := isMember(tx, c.caller.user, of.Group)
	if in {
		return of.GroupRight, err
	}
	return of.OtherRight, err
}

func showClass(c *call) (reply, error) {
	view, err := newClassView(c.tx, c.class)
	if err != nil {
		return reply{}, err
	}
	return show(classShape, func(e *encoder) { e.class(view) })
}

func listClasses(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	rows, err := scanPage(c, p, func(at query.Range) ([]*core.Record, error) {
		return c.tx.Records(core.RecordQuery{Realm: c.instance.Realm, Kind: schema.ClassKind,
			AfterID: at.After, BeforeID: at.Before, Desc: at.Desc, Limit: at.Limit})
	}, func(r *core.Record) int64 { return r.ID }, func(r *core.Record) bool { return c.listsClass(c.tx, r) })
	if err != nil {
		return reply{}, err
	}
	views := make([]classView, len(rows))
	for i, row := range rows {
		of, err := schema.DecodeClass(row)
		if err == nil {
			views[i], err = newClassView(c.tx, of)
		}
		if err != nil {
			return reply{}, err
		}
	}
	return c.showPage(p, len(views), classShape, func(i int) int64 { return rows[i].ID }, func(e *encoder, i int) { e.class(views[i]) })
}

// listsClass reports whether the class is in the caller's list.
func (c *call) listsClass(tx *core.Tx, row *core.Record) bool {
	if c.v.v2 && row.Key == schema.ProfileClass {
		return false
	}
	of, err := schema.DecodeClass(row)
	if err != nil {
		return false
	}
	r, err := c.classRight(tx, of)
	return err == nil && r >= schema.ClassRead
}
