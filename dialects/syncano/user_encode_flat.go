package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// flatUser writes a user of v2; see REFERENCE.md, "Version 2". The user key is
// never on the detail URL; see README, get-no-user-key-on-v2-detail.
func (e *encoder) flatUser(u *userView) {
	o := &u.profile
	e.Obj().Key("id").Int(u.user.ID)
	e.Key("created_at").Time(o.row.CreatedAt, wire.MicrosZ)
	e.Key("updated_at").Time(o.row.UpdatedAt, wire.MicrosZ)
	e.Key("revision").Int(o.body.Revision).Key("acl")
	e.acl(aclOf(o))
	e.Key("channel").StrOrNull(o.body.Channel).Key("channel_room").StrOrNull(o.body.Room)
	e.Key("username").Str(e.shownName(u)).Key("groups").Arr()
	for _, g := range u.groups {
		e.innerGroup(g)
	}
	e.End()
	if e.showKey {
		e.Key("user_key").Str(u.user.Handle(userKeyHandle))
	}
	e.values(o)
	e.flatLinks(u.user.ID)
	e.End()
}

func (e *encoder) flatLinks(id int64) {
	e.Key("links").Obj().Key("self")
	e.linkID("users/", id, "/")
	e.Key("groups")
	e.linkID("users/", id, "/groups/")
	e.Key("reset-key")
	e.linkID("users/", id, "/reset_key/")
	e.End()
}

// innerGroup writes a group inside a user or a membership, where v2 is brief.
func (e *encoder) innerGroup(g *core.Group) {
	if !e.v.v2 {
		e.group(g)
		return
	}
	e.Obj().Key("id").Int(g.ID).Key("label").Str(g.Name).Key("links").Obj().Key("self")
	e.linkID("groups/", g.ID, "/")
	e.Key("users")
	e.linkID("groups/", g.ID, "/users/")
	e.End().End()
}

// innerUser writes a user inside a membership, where v2 is brief.
func (e *encoder) innerUser(u *userView) {
	if !e.v.v2 {
		e.user(u)
		return
	}
	e.Obj().Key("id").Int(u.user.ID).Key("username").Str(e.shownName(u))
	e.flatLinks(u.user.ID)
	e.End()
}
