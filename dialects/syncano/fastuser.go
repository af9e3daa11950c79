package syncano

import (
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// Users are what this dialect is asked for most, so their usual form, compact
// and whole, is also written the short way: appended to a slice that stays in
// registers, with the names of members as plain text. TestShortWayWritesTheSame
// holds it to what the long way of userview.go and object.go writes.

// plain tells whether an answer is in its usual form.
func (k *call) plain() bool { return k.out.filter == nil && k.compact }

func (k *call) appendUser(b []byte, p *person) []byte {
	var digits [20]byte
	id := strconv.AppendInt(digits[:0], p.user.ID, 10)
	b = wire.AppendString(append(b, `{"username":`...), k.username(p), wire.EscapeLeast)
	b = k.appendProfile(append(b, `,"profile":`...), &p.profile, id)
	b = k.appendUserLinks(b, p, id)
	b = append(append(b, `,"user_key":"`...), p.user.Handle(userKeyHandle)...)
	b = append(b, `","groups":[`...)
	for i, g := range p.groups {
		if i > 0 {
			b = append(b, ',')
		}
		b = k.appendGroup(b, g)
	}
	return append(append(append(b, `],"id":`...), id...), '}')
}

func (k *call) appendUserLinks(b []byte, p *person, id []byte) []byte {
	b = append(append(append(b, `,"links":{"profile":"`...), k.prefix...), "classes/user_profile/objects/"...)
	b = append(strconv.AppendInt(b, p.profile.row.ID, 10), '/')
	b = k.appendLink(b, `","self":"`, "users/", id, "/")
	b = k.appendLink(b, `","groups":"`, "users/", id, "/groups/")
	b = k.appendLink(b, `","reset-key":"`, "users/", id, "/reset_key/")
	return append(b, `"}`...)
}

// appendLink appends what comes before a link, and the link: its parts are
// characters that JSON takes as they are.
func (k *call) appendLink(b []byte, before, path string, id []byte, rest string) []byte {
	b = append(append(append(b, before...), k.prefix...), path...)
	return append(append(b, id...), rest...)
}

func (k *call) appendProfile(b []byte, o *dataObject, owner []byte) []byte {
	b = appendTextOrNull(append(b, `{"channel_room":`...), o.body.Room)
	b = appendIDOrNull(append(b, `,"group":`...), o.group)
	b = k.appendProfileLinks(b, o, owner)
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
		stored, ok := o.values.Get(f.Name)
		b = k.appendValue(b, f, stored, ok)
	}
	return append(b, '}')
}

func (k *call) appendProfileLinks(b []byte, o *dataObject, owner []byte) []byte {
	b = k.appendLink(b, `,"links":{"owner":"`, "users/", owner, "/")
	b = append(append(append(b, `","self":"`...), k.prefix...), "classes/user_profile/objects/"...)
	b = append(strconv.AppendInt(b, o.row.ID, 10), '/')
	if o.group != 0 {
		b = append(append(append(b, `","group":"`...), k.prefix...), "groups/"...)
		b = append(strconv.AppendInt(b, o.group, 10), '/')
	}
	if o.body.Channel != "" {
		b = append(append(append(b, `","channel":"`...), k.prefix...), "channels/"...)
		b = append(append(b, o.body.Channel...), '/')
	}
	return append(b, `"}`...)
}

func (k *call) appendGroup(b []byte, g *core.Group) []byte {
	var digits [20]byte
	id := strconv.AppendInt(digits[:0], g.ID, 10)
	b = append(append(b, `{"id":`...), id...)
	b = appendTextOrNull(append(b, `,"name":`...), g.Key)
	b = wire.AppendString(append(b, `,"label":`...), g.Name, wire.EscapeLeast)
	b = wire.AppendString(append(b, `,"description":`...), groupBodyOf(g).Description, wire.EscapeLeast)
	b = k.appendLink(b, `,"links":{"self":"`, "groups/", id, "/")
	b = k.appendLink(b, `","users":"`, "groups/", id, "/users/")
	return append(b, `"}}`...)
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

// appendValue appends a stored value. Those that are shown as they are stored go
// the short way, all others the long one.
func (k *call) appendValue(b []byte, f *schema.Field, stored string, ok bool) []byte {
	switch {
	case !ok:
		return append(b, "null"...)
	case f.Verbatim(stored):
		return append(b, stored...)
	}
	enc := wire.NewEnc(wire.Compact())
	defer enc.Release()
	f.Write(enc, files{k}, stored)
	return append(b, enc.Bytes()...)
}
