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
	if v.group, err = livingGroup(tx, of.Row.Realm, of.Group); err != nil {
		return v, err
	}
	v.objects, err = countObjects(tx, of)
	return v, err
}

func (c *call) writeClass(v classView) {
	out := &c.out
	out.Obj()
	if out.want("name") {
		out.Str(v.Name())
	}
	if out.want("description") {
		out.Str(v.Description)
	}
	if out.want("schema") {
		v.Schema.Write(out.Enc)
	}
	if out.want("status") {
		out.Str("ready")
	}
	if out.want("created_at") {
		out.Time(v.Row.CreatedAt, wire.MicrosZ)
	}
	if out.want("updated_at") {
		out.Time(v.Row.UpdatedAt, wire.MicrosZ)
	}
	if out.want("objects_count") {
		out.Int(v.objects)
	}
	if out.want("revision") {
		out.Int(v.Revision)
	}
	c.writeClassRights(v)
	if out.want("metadata") {
		c.writeMetadata(v.Metadata)
	}
	c.writeClassLinks(v)
	out.End()
}

func (c *call) writeClassRights(v classView) {
	if c.out.want("group") {
		c.idOrNull(v.group)
	}
	if c.out.want("group_permissions") {
		c.out.Str(v.GroupRight.Word())
	}
	if c.out.want("other_permissions") {
		c.out.Str(v.OtherRight.Word())
	}
}

func (c *call) writeClassLinks(v classView) {
	if !c.out.want("links") {
		return
	}
	c.out.Obj().Key("self")
	c.atClass(v.Name(), "")
	c.out.Key("objects")
	c.atClass(v.Name(), "objects/")
	if v.group != 0 {
		c.out.Key("group")
		c.atID("groups/", v.group, "/")
	}
	c.out.End()
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
