package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// writeUser writes a user of v1 and v1.1 in the documented order of members.
// source: vendor reference, users update.
func (k *call) writeUser(p *person) {
	if k.v.v2 {
		k.writeFlatUser(p)
		return
	}
	if k.plain() {
		k.copyUser(p)
		return
	}
	out := &k.out
	out.Obj()
	if out.want("username") {
		out.Str(k.username(p))
	}
	if out.want("profile") {
		k.writeProfile(&p.profile)
	}
	if out.want("links") {
		k.userLinks(p)
	}
	if out.want("user_key") {
		out.Str(p.user.Handle(userKeyHandle))
	}
	if out.want("groups") {
		k.writeGroups(p.groups)
	}
	if out.want("id") {
		out.Int(p.user.ID)
	}
	out.End()
}

func (k *call) userLinks(p *person) {
	k.out.Obj().Key("profile")
	k.atObject(schema.ProfileClass, p.profile.row.ID)
	k.out.Key("self")
	k.atID("users/", p.user.ID, "/")
	k.out.Key("groups")
	k.atID("users/", p.user.ID, "/groups/")
	k.out.Key("reset-key")
	k.atID("users/", p.user.ID, "/reset_key/")
	k.out.End()
}

func (k *call) writeGroups(groups []*core.Group) {
	k.out.Arr()
	for _, g := range groups {
		k.writeGroup(g)
	}
	k.out.End()
}

// groupBody is the stored form of a group, beside its name (the record's Key)
// and label (its Name).
type groupBody struct {
	Description string `json:"description,omitempty"`
}

// writeGroup writes a group. Its name is the unique slug, null when not set.
func (k *call) writeGroup(g *core.Group) {
	out := &k.out
	out.Obj()
	if out.want("id") {
		out.Int(g.ID)
	}
	if out.want("name") {
		out.StrOrNull(g.Key)
	}
	if out.want("label") {
		out.Str(g.Name)
	}
	if out.want("description") {
		out.Str(groupBodyOf(g).Description)
	}
	if out.want("links") {
		k.groupLinks(g.ID)
	}
	out.End()
}

func (k *call) groupLinks(id int64) {
	k.out.Obj().Key("self")
	k.atID("groups/", id, "/")
	k.out.Key("users")
	k.atID("groups/", id, "/users/")
	k.out.End()
}

// groupBodyOf reads what is stored of a group; a broken document is as none.
func groupBodyOf(g *core.Group) groupBody {
	if g.Body == nil {
		return groupBody{}
	}
	body, err := core.Decoded(g.Body, decodeJSON[groupBody])
	if err != nil {
		return groupBody{}
	}
	return body
}
