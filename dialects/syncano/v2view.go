package syncano

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// writeFlatUser writes a user of v2. The user key is there for accounts in lists
// and new users, for everybody on the paths of oneself, and never on the detail
// URL; see README, get-no-user-key-on-v2-detail.
func (k *call) writeFlatUser(p *person) {
	out, o := &k.out, &p.profile
	out.Obj()
	if out.want("id") {
		out.Int(p.user.ID)
	}
	if out.want("created_at") {
		out.Time(o.row.CreatedAt, wire.MicrosZ)
	}
	if out.want("updated_at") {
		out.Time(o.row.UpdatedAt, wire.MicrosZ)
	}
	if out.want("revision") {
		out.Int(o.body.Revision)
	}
	k.writeACLMember(o)
	if out.want("channel") {
		out.StrOrNull(o.body.Channel)
	}
	if out.want("channel_room") {
		out.StrOrNull(o.body.Room)
	}
	if out.want("username") {
		out.Str(k.username(p))
	}
	k.flatTail(p)
	out.End()
}

func (k *call) flatTail(p *person) {
	out := &k.out
	if out.want("groups") {
		out.Arr()
		for _, g := range p.groups {
			k.writeShortGroup(g)
		}
		out.End()
	}
	if k.showKey && out.want("user_key") {
		out.Str(p.user.Handle(userKeyHandle))
	}
	k.writeValues(&p.profile)
	if out.want("links") {
		k.flatLinks(p.user.ID)
	}
}

func (k *call) flatLinks(id int64) {
	k.out.Obj().Key("self")
	k.atID("users/", id, "/")
	k.out.Key("groups")
	k.atID("users/", id, "/groups/")
	k.out.Key("reset-key")
	k.atID("users/", id, "/reset_key/")
	k.out.End()
}

// writeShortGroup writes a group inside of something else: v2 leaves out what
// is on the group's own page.
func (k *call) writeShortGroup(g *core.Group) {
	if !k.v.v2 {
		k.writeGroup(g)
		return
	}
	out := &k.out
	out.Obj()
	if out.want("id") {
		out.Int(g.ID)
	}
	if out.want("label") {
		out.Str(g.Name)
	}
	if out.want("links") {
		k.groupLinks(g.ID)
	}
	out.End()
}

// writeShortUser writes a user inside of a membership.
func (k *call) writeShortUser(p *person) {
	if !k.v.v2 {
		k.writeUser(p)
		return
	}
	out := &k.out
	out.Obj()
	if out.want("id") {
		out.Int(p.user.ID)
	}
	if out.want("username") {
		out.Str(k.username(p))
	}
	if out.want("links") {
		k.flatLinks(p.user.ID)
	}
	out.End()
}

// username is the name to show: as the client said it, or else as it is stored,
// in v1 in lower case.
func (k *call) username(p *person) string {
	switch {
	case p.said != "":
		return p.said
	case k.v.v2:
		return p.user.Username
	}
	return strings.ToLower(p.user.Username)
}
