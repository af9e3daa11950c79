package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

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
