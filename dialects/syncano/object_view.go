package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// dataObject is a data object with everything needed to show it.
type dataObject struct {
	class  *schema.Class
	row    *core.Record
	user   *core.User // of a profile
	body   *objectBody
	owner  int64 // 0: none, or removed since
	group  int64 // likewise
	values core.Attributes
	// created and updated are the times of a profile in the form shown.
	created, updated string
	byUser           bool // it is in a list of users, which is ordered by their ids
}

// object writes a data object. Profiles of v1 have the members in the order that
// is documented, all others in that of the source; see REFERENCE.md, "JSON shapes".
func (e *encoder) object(o *dataObject) {
	if o.class.IsProfile() && !e.v.v2 {
		e.profile(o)
		return
	}
	e.Obj().Key("id").Int(o.row.ID)
	e.Key("created_at").Time(o.row.CreatedAt, wire.MicrosZ)
	e.Key("updated_at").Time(o.row.UpdatedAt, wire.MicrosZ)
	e.Key("revision").Int(o.body.Revision)
	if e.v.v2 {
		e.Key("acl")
		e.acl(aclOf(o))
	} else {
		e.objectRights(o)
	}
	e.Key("channel").StrOrNull(o.body.Channel).Key("channel_room").StrOrNull(o.body.Room)
	e.values(o)
	e.objectLinks(o)
	e.End()
}

func (e *encoder) objectRights(o *dataObject) {
	e.Key("owner")
	e.idOrNull(o.owner)
	e.Key("owner_permissions").Str(o.body.OwnerRight.word()).Key("group")
	e.idOrNull(o.group)
	e.Key("group_permissions").Str(o.body.GroupRight.word())
	e.Key("other_permissions").Str(o.body.OtherRight.word())
}

func (e *encoder) objectLinks(o *dataObject) {
	e.Key("links").Obj().Key("self")
	e.linkObject(o.class.Name(), o.row.ID)
	if o.owner != 0 && !e.v.v2 {
		e.Key("owner")
		e.linkID("users/", o.owner, "/")
	}
	if o.group != 0 && !e.v.v2 {
		e.Key("group")
		e.linkID("groups/", o.group, "/")
	}
	if o.body.Channel != "" {
		e.Key("channel")
		e.link("channels/" + o.body.Channel + "/")
	}
	e.End()
}

// values writes one member for each field of the schema.
func (e *encoder) values(o *dataObject) {
	for i := range o.class.Schema {
		f := &o.class.Schema[i]
		if e.v.v2 && o.class.Hides(f) {
			continue
		}
		stored, _ := o.values.Get(f.Name)
		f.Write(e.Key(f.Name), e.files, stored)
	}
}
