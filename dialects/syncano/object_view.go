package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
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
	// created and updated are the row's times in the form shown; "" if not known.
	created, updated string
	byUser           bool // it is in a list of users, which is ordered by their ids
}

// writeObject writes a data object. Profiles of v1 and v1.1 have the members in
// the order that the vendor documents, all others in the order of its source.
func (k *call) writeObject(o *dataObject) {
	if o.class.IsProfile() && !k.v.v2 {
		k.writeProfile(o)
		return
	}
	out := &k.out
	out.Obj()
	k.objectHead(o)
	if k.v.v2 {
		k.writeACLMember(o)
	} else {
		k.objectRights(o)
	}
	if out.want("channel") {
		out.StrOrNull(o.body.Channel)
	}
	if out.want("channel_room") {
		out.StrOrNull(o.body.Room)
	}
	k.writeValues(o)
	k.objectLinks(o)
	out.End()
}

func (k *call) objectHead(o *dataObject) {
	out := &k.out
	if out.want("id") {
		out.Int(o.row.ID)
	}
	if out.want("created_at") {
		out.Time(o.row.CreatedAt, 0)
	}
	if out.want("updated_at") {
		out.Time(o.row.UpdatedAt, 0)
	}
	if out.want("revision") {
		out.Int(o.body.Revision)
	}
}

func (k *call) objectRights(o *dataObject) {
	out := &k.out
	if out.want("owner") {
		k.idOrNull(o.owner)
	}
	if out.want("owner_permissions") {
		out.Str(o.body.OwnerRight.word())
	}
	if out.want("group") {
		k.idOrNull(o.group)
	}
	if out.want("group_permissions") {
		out.Str(o.body.GroupRight.word())
	}
	if out.want("other_permissions") {
		out.Str(o.body.OtherRight.word())
	}
}

func (k *call) objectLinks(o *dataObject) {
	if !k.out.want("links") {
		return
	}
	k.out.Obj().Key("self")
	k.atObject(o.class.Name(), o.row.ID)
	if o.owner != 0 && !k.v.v2 {
		k.out.Key("owner")
		k.atID("users/", o.owner, "/")
	}
	k.optionalLinks(o)
	k.out.End()
}

// optionalLinks writes the links that are there only when set.
func (k *call) optionalLinks(o *dataObject) {
	if o.group != 0 && !k.v.v2 {
		k.out.Key("group")
		k.atID("groups/", o.group, "/")
	}
	if o.body.Channel != "" {
		k.out.Key("channel")
		k.at("channels/" + o.body.Channel + "/")
	}
}

// writeProfile writes a profile in the documented order of members. source:
// vendor reference, users update.
func (k *call) writeProfile(o *dataObject) {
	out := &k.out
	out.Obj()
	if out.want("channel_room") {
		out.StrOrNull(o.body.Room)
	}
	if out.want("group") {
		k.idOrNull(o.group)
	}
	k.profileLinks(o)
	if out.want("group_permissions") {
		out.Str(o.body.GroupRight.word())
	}
	if out.want("created_at") {
		out.Time(o.row.CreatedAt, 0)
	}
	if out.want("owner_permissions") {
		out.Str(o.body.OwnerRight.word())
	}
	if out.want("updated_at") {
		out.Time(o.row.UpdatedAt, 0)
	}
	k.profileTail(o)
	k.writeValues(o)
	out.End()
}

func (k *call) profileTail(o *dataObject) {
	out := &k.out
	if out.want("other_permissions") {
		out.Str(o.body.OtherRight.word())
	}
	if out.want("owner") {
		k.idOrNull(o.owner)
	}
	if out.want("id") {
		out.Int(o.row.ID)
	}
	if out.want("channel") {
		out.StrOrNull(o.body.Channel)
	}
	if out.want("revision") {
		out.Int(o.body.Revision)
	}
}

func (k *call) profileLinks(o *dataObject) {
	if !k.out.want("links") {
		return
	}
	k.out.Obj().Key("owner")
	k.atID("users/", o.owner, "/")
	k.out.Key("self")
	k.atObject(schema.ProfileClass, o.row.ID)
	k.optionalLinks(o)
	k.out.End()
}

func (k *call) idOrNull(id int64) {
	if id == 0 {
		k.out.Null()
		return
	}
	k.out.Int(id)
}

// writeValues writes one member for each field of the schema.
func (k *call) writeValues(o *dataObject) {
	for i := range o.class.Schema {
		f := &o.class.Schema[i]
		if k.v.v2 && o.class.Hides(f) || !k.out.want(f.Name) {
			continue
		}
		stored, _ := o.values.Get(f.Name)
		f.Write(k.out.Enc, files{k}, stored)
	}
}
