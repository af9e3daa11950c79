package syncano

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// drawnUser is what the text of a user of v1 and v1.1 is made of.
type drawnUser struct {
	user         *core.User
	revision     int64
	class        *core.Record
	profileGroup int64
	groups       []*core.Group
	prefix       string
	said         string
}

// copyUser writes a user in its usual form, by copying if nothing has changed
// since it was written.
func (k *call) copyUser(p *person) {
	if last := k.d.drawn.Get(p.user.ID); last != nil && last.Inputs.is(k, p) {
		k.out.RawBytes(last.Bytes)
		return
	}
	k.short = k.appendUser(k.short[:0], p)
	k.out.RawBytes(k.short)
	if len(p.profile.class.Schema.Files()) == 0 && k.d.drawn.SeenTwice(p.user.ID, p.user) {
		of := drawnUser{p.user, p.user.Revision, p.profile.class.Row, p.profile.group, p.groups, string(k.prefix), p.said}
		k.d.drawn.Put(p.user.ID, of, p.user.Size(), slices.Clone(k.short))
	}
}

// is tells whether the person's text would be made of the very same objects.
func (u *drawnUser) is(k *call, p *person) bool {
	return u.user == p.user && u.revision == p.user.Revision && u.class == p.profile.class.Row &&
		u.profileGroup == p.profile.group && u.prefix == string(k.prefix) && u.said == p.said && slices.Equal(u.groups, p.groups)
}
