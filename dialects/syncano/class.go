package syncano

import (
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
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
	r, err := classRight(c, tx, c.class)
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
func classRight(c *call, tx *core.Tx, of *schema.Class) (schema.ClassRight, error) {
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
	}, func(r *core.Record) int64 { return r.ID }, func(r *core.Record) bool { return listsClass(c, c.tx, r) })
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
	return showPage(c, p, len(views), classShape, func(i int) int64 { return rows[i].ID }, func(e *encoder, i int) { e.class(views[i]) })
}

// listsClass reports whether the class is in the caller's list.
func listsClass(c *call, tx *core.Tx, row *core.Record) bool {
	if c.v.v2 && row.Key == schema.ProfileClass {
		return false
	}
	of, err := schema.DecodeClass(row)
	if err != nil {
		return false
	}
	r, err := classRight(c, tx, of)
	return err == nil && r >= schema.ClassRead
}

// classView is a class as it is shown.
type classView struct {
	*schema.Class
	group   int64 // 0: none, or removed since
	objects int64
}

func newClassView(tx *core.Tx, of *schema.Class) (v classView, err error) {
	v.Class = of
	if v.group, err = existingGroup(tx, of.Row.Realm, of.Group); err != nil {
		return v, err
	}
	v.objects, err = countObjects(tx, of)
	return v, err
}

func (e *encoder) class(v classView) {
	e.Obj().Key("name").Str(v.Name()).Key("description").Str(v.Description).Key("schema")
	v.Schema.Write(e.Enc)
	e.Key("status").Str("ready")
	e.Key("created_at").Time(v.Row.CreatedAt, wire.MicrosZ).Key("updated_at").Time(v.Row.UpdatedAt, wire.MicrosZ)
	e.Key("objects_count").Int(v.objects).Key("revision").Int(v.Revision).Key("group")
	e.idOrNull(v.group)
	e.Key("group_permissions").Str(v.GroupRight.Word()).Key("other_permissions").Str(v.OtherRight.Word())
	e.Key("metadata")
	e.rawOrEmpty(v.Metadata)
	e.classLinks(v)
	e.End()
}

func (e *encoder) classLinks(v classView) {
	e.Key("links").Obj().Key("self")
	e.link("classes/" + v.Name() + "/")
	e.Key("objects")
	e.link("classes/" + v.Name() + "/objects/")
	if v.group != 0 {
		e.Key("group")
		e.linkID("groups/", v.group, "/")
	}
	e.End()
}

// countExact is up to how many objects are counted one by one.
const countExact = 1000

// countObjects counts a class's objects: exactly up to countExact, beyond that
// an estimate from how densely the first ones fill the ids.
func countObjects(tx *core.Tx, of *schema.Class) (int64, error) {
	if of.IsProfile() {
		return countUsers(tx, of.Row.Realm) // every user has a profile
	}
	q := core.RecordQuery{Realm: of.Row.Realm, Kind: schema.ObjectKind(of.Name()), Limit: 1, Offset: countExact}
	beyond, err := onlyID(tx, q)
	if err != nil {
		return 0, err
	}
	if beyond == 0 {
		q.Limit, q.Offset = 0, 0
		n, err := tx.CountRecords(q)
		return int64(n), err
	}
	q.Offset = 0
	first, err := onlyID(tx, q)
	if err != nil {
		return 0, err
	}
	q.Desc = true
	last, err := onlyID(tx, q)
	return (last - first + 1) * (countExact + 1) / (beyond - first + 1), err
}

// onlyID returns the id of the only record that q lists; 0 for none.
func onlyID(tx *core.Tx, q core.RecordQuery) (int64, error) {
	rows, err := tx.Records(q)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].ID, nil
}

func showUserSchema(c *call) (reply, error) {
	of, err := schema.FindProfileClass(c.tx, c.instance.Realm)
	if err != nil {
		return reply{}, err
	}
	return showSchema(of)
}

func showSchema(of *schema.Class) (reply, error) {
	return show(nil, func(e *encoder) {
		of.Schema.Write(e.Obj().Key("schema"))
		e.End()
	})
}

// saveUserSchema is saveClass for user_profile, of which v2 shows only the schema.
func saveUserSchema(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	body := wire.Object()
	if v, ok := in.Get("schema"); ok {
		body.Set("schema", v)
	} else if c.method == http.MethodPut {
		return reply{}, fieldError("schema", msgRequired)
	}
	return saveClassNamed(c, schema.ProfileClass, body, false, func(v classView) (reply, error) { return showSchema(v.Class) })
}
