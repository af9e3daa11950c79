package syncano

import (
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
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
func findPathClass(k *call, tx *core.Tx) (err error) {
	name := strings.ToLower(k.echo.Param("class"))
	if k.v.v2 && name == profileClass {
		return errNoClass
	}
	k.class, err = findAnyClass(tx, k.instance.Realm, name)
	return err
}

func findReadableClass(k *call, tx *core.Tx) error {
	if err := findPathClass(k, tx); err != nil {
		return err
	}
	r, err := k.classRight(tx, k.class.classBody)
	if err == nil && r < classRead {
		return errNotFound
	}
	return err
}

// findOtherClass is findPathClass for what cannot be done to user_profile.
func findOtherClass(k *call, tx *core.Tx) error {
	if err := findPathClass(k, tx); err != nil {
		return err
	}
	if k.class.isProfile() {
		return errForbidden
	}
	return nil
}

// classRight is what the caller may do with the class and its objects at most.
func (k *call) classRight(tx *core.Tx, c *classBody) (classRight, error) {
	switch {
	case k.who.role >= writeRole || k.who.key != nil && k.who.key.IgnoreACL:
		return classCreate, nil
	case k.who.role == readRole:
		return classRead, nil
	case c.Group == 0 || k.who.user == nil || c.GroupRight <= c.OtherRight:
		return c.OtherRight, nil
	}
	in, err := isMember(tx, k.who.user, c.Group)
	if in {
		return c.GroupRight, err
	}
	return c.OtherRight, err
}

func showClass(k *call, tx *core.Tx) error {
	shown, err := k.shownClass(tx, k.class)
	if err != nil {
		return err
	}
	k.setFilter()
	k.writeClass(shown)
	return nil
}

// shownClass is a class with what else is shown of it.
type shownClass struct {
	*class
	group   int64 // 0: none, or no longer there
	objects int64
}

func (k *call) shownClass(tx *core.Tx, c *class) (s shownClass, err error) {
	s.class = c
	if s.group, err = livingGroup(tx, c.row.Realm, c.Group); err != nil {
		return s, err
	}
	s.objects, err = countObjects(tx, c)
	return s, err
}

func (k *call) writeClass(c shownClass) {
	out := &k.out
	out.Obj()
	if out.want("name") {
		out.Str(c.name())
	}
	if out.want("description") {
		out.Str(c.Description)
	}
	if out.want("schema") {
		k.writeSchema(c.Schema)
	}
	if out.want("status") {
		out.Str("ready")
	}
	if out.want("created_at") {
		out.Time(c.row.CreatedAt, wire.MicrosZ)
	}
	if out.want("updated_at") {
		out.Time(c.row.UpdatedAt, wire.MicrosZ)
	}
	if out.want("objects_count") {
		out.Int(c.objects)
	}
	if out.want("revision") {
		out.Int(c.Revision)
	}
	k.writeClassRights(c)
	if out.want("metadata") {
		k.writeMetadata(c.Metadata)
	}
	k.classLinks(c)
	out.End()
}

func (k *call) writeClassRights(c shownClass) {
	if k.out.want("group") {
		k.idOrNull(c.group)
	}
	if k.out.want("group_permissions") {
		k.out.Str(c.GroupRight.word())
	}
	if k.out.want("other_permissions") {
		k.out.Str(c.OtherRight.word())
	}
}

func (k *call) classLinks(c shownClass) {
	if !k.out.want("links") {
		return
	}
	k.out.Obj().Key("self")
	k.atClass(c.name(), "")
	k.out.Key("objects")
	k.atClass(c.name(), "objects/")
	if c.group != 0 {
		k.out.Key("group")
		k.atID("groups/", c.group, "/")
	}
	k.out.End()
}

// writeSchema writes the definitions as they are stored: indexes only if on.
func (k *call) writeSchema(schema []field) {
	out := &k.out
	out.Arr()
	for _, f := range schema {
		out.Obj().Key("name").Str(f.Name).Key("type").Str(f.Type.word())
		for _, index := range []struct {
			name string
			on   bool
		}{{"order_index", f.OrderIndex}, {"filter_index", f.FilterIndex}, {"unique", f.Unique}} {
			if index.on {
				out.Key(index.name).Bool(true)
			}
		}
		if f.Target != "" {
			out.Key("target").Str(f.Target)
		}
		out.End()
	}
	out.End()
}

func listClasses(k *call, tx *core.Tx) error {
	p, err := k.page()
	if err != nil {
		return err
	}
	rows, err := scan(k, p, func(after, before int64, limit int) ([]*core.Record, error) {
		return tx.Records(core.RecordQuery{Realm: k.instance.Realm, Kind: classKind,
			AfterID: after, BeforeID: before, Desc: p.queryDesc(), Limit: limit})
	}, func(r *core.Record) int64 { return r.ID }, func(r *core.Record) bool { return k.listsClass(tx, r) })
	if err != nil {
		return err
	}
	shown := make([]shownClass, len(rows))
	for i, row := range rows {
		body, err := core.Decoded(row.Body, decodeNew[classBody])
		if err == nil {
			shown[i], err = k.shownClass(tx, &class{row, body})
		}
		if err != nil {
			return err
		}
	}
	k.writePage(p, len(shown), func(i int) int64 { return rows[i].ID }, func(i int) { k.writeClass(shown[i]) })
	return nil
}

// listsClass tells whether the class belongs in the caller's list.
func (k *call) listsClass(tx *core.Tx, row *core.Record) bool {
	if k.v.v2 && row.Key == profileClass {
		return false
	}
	body, err := core.Decoded(row.Body, decodeNew[classBody])
	if err != nil {
		return false
	}
	r, err := k.classRight(tx, body)
	return err == nil && r >= classRead
}
