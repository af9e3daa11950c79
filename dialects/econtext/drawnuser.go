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
	texts, status := &a.k.d.drawn, p.face.statusOf(p.User, p.now)
	if last := texts.Get(p.ID); last != nil && last.Inputs.is(p, status, a.base) {
		a.RawBytes(last.Bytes)
		return
	}
	if !texts.SeenTwice(p.ID, p.User) {
		a.writeUser(p)
		return
	}
	sheet := answer{Enc: wire.NewEnc(wire.Python()), k: a.k, base: a.base}
	defer sheet.Release()
	sheet.writeUser(p)
	a.RawBytes(sheet.Bytes())
	texts.Put(p.ID, drawnUser{*p, p.Revision, status, a.base}, p.size(), slices.Clone(sheet.Bytes()))
}

// size is about what stays in memory with the text, besides what the text itself
// repeats: the profile documented does not show the organization.
func (p *person) size() (n int) {
	if p.organization != nil {
		n = len(p.organization.Body.Text())
	}
	for i := range p.applications {
		n += len(p.applications[i].Body.Text())
	}
	for i := range p.groups {
		n += len(p.groups[i].Body.Text())
	}
	return n + p.User.Size()
}

// is tells whether the text of p would be made of the very same objects.
func (u *drawnUser) is(p *person, status, base string) bool {
	return u.User == p.User && u.revision == p.Revision && u.status == status && u.bareModified == p.bareModified &&
		u.base == base && sameThings(u.applications, p.applications) && sameThings(u.groups, p.groups) &&
		slices.EqualFunc(u.keys, p.keys, func(a, b key) bool { return a.Record == b.Record }) &&
		(u.organization == nil) == (p.organization == nil) &&
		(u.organization == nil || u.organization.Group == p.organization.Group)
}

func sameThings(a, b []thing) bool {
	return slices.EqualFunc(a, b, func(s, t thing) bool { return s.Group == t.Group && s.app == t.app })
}
