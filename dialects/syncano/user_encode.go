package syncano

import (
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// Users of v1 are appended to one slice, with the names of members as plain text:
// they are most of what this dialect writes. For the order of the members see
// REFERENCE.md, "JSON shapes".

// user writes a user. See REFERENCE.md, "Users".
func (e *encoder) user(u *userView) {
	if e.v.v2 {
		e.flatUser(u)
		return
	}
	e.scratch = e.appendUser(e.scratch[:0], u)
	e.RawBytes(e.scratch)
}

// shownName is the username as the client sent it, or else in lower case.
func (e *encoder) shownName(u *userView) string {
	if u.sentUsername != "" {
		return u.sentUsername
	}
	return pystyle.Lower(u.user.Username)
}

func (e *encoder) appendUser(b []byte, u *userView) []byte {
	var digits [20]byte
	id := strconv.AppendInt(digits[:0], u.user.ID, 10)
	b = wire.AppendString(append(b, `{"username":`...), e.shownName(u), wire.EscapeLeast)
	b = e.appendProfile(append(b, `,"profile":`...), &u.profile, id)
	b = append(append(append(b, `,"links":{"profile":"`...), e.prefix...), "classes/user_profile/objects/"...)
	b = append(strconv.AppendInt(b, u.profile.row.ID, 10), '/')
	b = e.appendLink(b, `","self":"`, "users/", id, "/")
	b = e.appendLink(b, `","groups":"`, "users/", id, "/groups/")
	b = e.appendLink(b, `","reset-key":"`, "users/", id, "/reset_key/")
	b = append(append(b, `"},"user_key":"`...), u.key...)
	b = append(b, `","groups":[`...)
	for i, g := range u.groups {
		if i > 0 {
			b = append(b, ',')
		}
		b = e.appendGroup(b, g)
	}
	return append(append(append(b, `],"id":`...), id...), '}')
}

// appendLink appends what comes before a link, and the link.
func (e *encoder) appendLink(b []byte, before, path string, id []byte, rest string) []byte {
	b = append(append(append(b, before...), e.prefix...), path...)
	return append(append(b, id...), rest...)
}

// profile writes the profile of a user of v1.
func (e *encoder) profile(o *dataObject) {
	var digits [20]byte
	e.scratch = e.appendProfile(e.scratch[:0], o, strconv.AppendInt(digits[:0], o.owner, 10))
	e.RawBytes(e.scratch)
}

func (e *encoder) appendProfile(b []byte, o *dataObject, owner []byte) []byte {
	b = appendTextOrNull(append(b, `{"channel_room":`...), o.body.Room)
	b = appendIDOrNull(append(b, `,"group":`...), o.group)
	b = e.appendProfileLinks(b, o, owner)
	b = append(append(b, `,"group_permissions":"`...), o.body.GroupRight.word()...)
	b = append(append(b, `","created_at":"`...), o.created...)
	b = append(append(b, `","owner_permissions":"`...), o.body.OwnerRight.word()...)
	b = append(append(b, `","updated_at":"`...), o.updated...)
	b = append(append(b, `","other_permissions":"`...), o.body.OtherRight.word()...)
	b = append(append(b, `","owner":`...), owner...)
	b = strconv.AppendInt(append(b, `,"id":`...), o.row.ID, 10)
	b = appendTextOrNull(append(b, `,"channel":`...), o.body.Channel)
	b = strconv.AppendInt(append(b, `,"revision":`...), o.body.Revision, 10)
	for i := range o.class.Schema {
		f := &o.class.Schema[i]
		b = append(append(append(b, `,"`...), f.Name...), `":`...) // names are letters, digits and underscores
		stored, _ := o.values.Get(f.Name)
		b = e.appendValue(b, f, stored)
	}
	return append(b, '}')
}

func (e *encoder) appendProfileLinks(b []byte, o *dataObject, owner []byte) []byte {
	b = e.appendLink(b, `,"links":{"owner":"`, "users/", owner, "/")
	b = append(append(append(b, `","self":"`...), e.prefix...), "classes/user_profile/objects/"...)
	b = append(strconv.AppendInt(b, o.row.ID, 10), '/')
	if o.group != 0 {
		b = append(append(append(b, `","group":"`...), e.prefix...), "groups/"...)
		b = append(strconv.AppendInt(b, o.group, 10), '/')
	}
	if o.body.Channel != "" {
		b = append(append(append(b, `","channel":"`...), e.prefix...), "channels/"...)
		b = append(append(b, o.body.Channel...), '/')
	}
	return append(b, `"}`...)
}

// appendValue appends a stored value as the field's type shows it.
func (e *encoder) appendValue(b []byte, f *schema.Field, stored string) []byte {
	switch {
	case stored == "":
		return append(b, "null"...)
	case f.Verbatim(stored):
		return append(b, stored...)
	}
	one := wire.NewEnc(wire.Compact())
	defer one.Release()
	f.Write(one, e.files, stored)
	return append(b, one.Bytes()...)
}

func appendTextOrNull(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return wire.AppendString(b, s, wire.EscapeLeast)
}

func appendIDOrNull(b []byte, id int64) []byte {
	if id == 0 {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, id, 10)
}

// group writes a group.
func (e *encoder) group(g *core.Group) {
	e.scratch = e.appendGroup(e.scratch[:0], g)
	e.RawBytes(e.scratch)
}

func (e *encoder) appendGroup(b []byte, g *core.Group) []byte {
	var digits [20]byte
	id := strconv.AppendInt(digits[:0], g.ID, 10)
	b = append(append(b, `{"id":`...), id...)
	b = appendTextOrNull(append(b, `,"name":`...), g.Key)
	b = wire.AppendString(append(b, `,"label":`...), g.Name, wire.EscapeLeast)
	b = wire.AppendString(append(b, `,"description":`...), groupBodyOf(g).Description, wire.EscapeLeast)
	b = e.appendLink(b, `,"links":{"self":"`, "groups/", id, "/")
	b = e.appendLink(b, `","users":"`, "groups/", id, "/users/")
	return append(b, `"}}`...)
}

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
		e.Key("user_key").Str(u.key)
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
