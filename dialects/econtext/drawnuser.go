package econtext

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// drawnUser is what the text of a user is made of.
type drawnUser struct {
	person
	revision     int64
	status, base string
}

// user writes a user, by copying if nothing has changed since it was written.
func (a *answer) user(p *person) {
	texts := &a.k.d.drawn
	of := drawnUser{*p, p.Revision, p.face.statusOf(p.User, p.now), a.base}
	if last := texts.Last(p.ID); last != nil && last.Of.is(&of) {
		a.RawBytes(last.Bytes)
		return
	}
	if !texts.Again(p.ID, p.Revision) {
		a.writeUser(p)
		return
	}
	sheet := answer{Enc: wire.NewEnc(wire.Python()), k: a.k, base: a.base}
	defer sheet.Release()
	sheet.writeUser(p)
	a.RawBytes(sheet.Bytes())
	texts.Keep(p.ID, of, slices.Clone(sheet.Bytes()))
}

// is tells whether two texts would be made of the very same objects.
func (u *drawnUser) is(v *drawnUser) bool {
	return u.User == v.User && u.revision == v.revision && u.status == v.status && u.bareModified == v.bareModified &&
		u.base == v.base && sameThings(u.applications, v.applications) && sameThings(u.groups, v.groups) &&
		slices.EqualFunc(u.keys, v.keys, func(a, b key) bool { return a.Record == b.Record }) &&
		(u.organization == nil) == (v.organization == nil) &&
		(u.organization == nil || u.organization.Group == v.organization.Group)
}

func sameThings(a, b []thing) bool {
	return slices.EqualFunc(a, b, func(s, t thing) bool { return s.Group == t.Group && s.app == t.app })
}
