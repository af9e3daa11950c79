package onapp

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/dialects/internal/rendercache"
)

// drawnUser is what the text of a user is made of.
type drawnUser struct {
	userView
	revision int64
	columns  *column // the first: full or short
}

// drawnUsers are the users that were shown last, in each form.
type drawnUsers [formCount]rendercache.Cache[drawnUser]

// write writes what is inside a user, by copying if nothing has changed since it was written.
func (v *userView) write(e stream, cols []column) {
	if v.apiKey != "" { // shown once only
		v.writeColumns(e, cols)
		return
	}
	texts := &v.d.drawn[v.form]
	if last := texts.Get(v.user.ID); last != nil && last.Inputs.is(v, &cols[0]) {
		e.RawItem(last.Bytes)
		return
	}
	if !texts.SeenTwice(v.user.ID, v.user) {
		v.writeColumns(e, cols)
		return
	}
	text := v.d.fragment(v.form, amongKeys, func(e stream) { v.writeColumns(e, cols) })
	e.RawItem(text)
	texts.Put(v.user.ID, drawnUser{*v, v.user.Revision, &cols[0]}, v.user.Size(), text)
}

// is tells whether the text of v would be made of the very same objects.
func (u *drawnUser) is(v *userView, columns *column) bool {
	return u.user == v.user && u.revision == v.user.Revision && u.columns == columns && u.status == v.status &&
		u.hideLogin == v.hideLogin && u.group == v.group &&
		slices.Equal(u.roles, v.roles) && slices.Equal(u.fields, v.fields)
}
