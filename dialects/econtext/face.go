package econtext

import (
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// face is the dialect's facet of a user: what only this dialect shows of them.
type face struct {
	value      wire.Value // as stored, with members of a newer version
	unverified bool       // the shade of an enabled user's status
	admin      bool       // is an admin of the organization
	// blank tells that the name was set to "" and not to null.
	blank bool
	// keys are the numbers of the user's API keys, so that users without any,
	// which is most, cost no search for them.
	keys []int64
}

// Names of the facet's members, each left out when it says nothing.
const (
	faceStatus = "status"
	faceAdmin  = "org_admin"
	faceBlank  = "blank_name"
	faceKeys   = "apikeys"
)

func faceOf(u *core.User) (*face, error) { return core.Decoded(u.Facets.Get(Name), decodeFace) }

// noFace is that of a user who was never written here. It never changes.
var noFace = &face{value: wire.Object()}

func decodeFace(text []byte) (*face, error) {
	if len(text) == 0 {
		return noFace, nil
	}
	v, err := wire.ParseJSON(text, storedLimits)
	if err != nil {
		return nil, err
	}
	f := &face{value: v}
	f.unverified = member(v, faceStatus).Text() == statusUnverified
	f.admin, _ = member(v, faceAdmin).Bool()
	f.blank, _ = member(v, faceBlank).Bool()
	for _, item := range member(v, faceKeys).Items() {
		if id, ok := item.Int(); ok {
			f.keys = append(f.keys, id)
		}
	}
	return f, nil
}

// store writes the facet to u.
func (f face) store(u *core.User) {
	v := wire.Object()
	for _, m := range f.value.Members() {
		switch m.Name {
		case faceStatus, faceAdmin, faceBlank, faceKeys:
		default:
			v.Set(m.Name, m.Value)
		}
	}
	set := func(name string, value wire.Value, says bool) {
		if says {
			v.Set(name, value)
		}
	}
	set(faceStatus, wire.String(statusUnverified), f.unverified)
	set(faceAdmin, wire.Bool(true), f.admin)
	set(faceBlank, wire.Bool(true), f.blank)
	set(faceKeys, numbers(f.keys), len(f.keys) > 0)
	u.Facets.Set(Name, v.JSON())
}

func numbers(ids []int64) wire.Value {
	list := wire.Array()
	for _, id := range ids {
		list.Append(wire.Int(id))
	}
	return list
}

// saysAs tells whether f shows the user as g does.
func (f *face) saysAs(g *face) bool {
	return f.unverified == g.unverified && f.admin == g.admin && f.blank == g.blank
}

// withKey returns f with one more API key.
func (f *face) withKey(id int64) face {
	c := *f
	c.keys = append(slices.Clip(f.keys), id)
	return c
}

// withoutKey returns f without that API key.
func (f *face) withoutKey(id int64) face {
	c := *f
	c.keys = slices.DeleteFunc(slices.Clone(f.keys), func(k int64) bool { return k == id })
	return c
}

// statusOf is the status the vendor shows. The core decides whether the user
// may act, whichever dialect said so; the facet only colours.
func (f *face) statusOf(u *core.User, now time.Time) string {
	switch {
	case !u.Active(now):
		return statusDisabled
	case f.unverified:
		return statusUnverified
	}
	return statusEnabled
}

// setStatus makes the user what the word says.
func (f *face) setStatus(u *core.User, word string, now time.Time) {
	u.Enabled = word != statusDisabled
	f.unverified = word == statusUnverified
	if u.Enabled && !u.Active(now) {
		u.EnabledUntil = time.Time{}
	}
}

// nameOf is the name the vendor shows; ok is false for null. A name that was
// only heard in parts is joined on reading and never stored.
func (f *face) nameOf(u *core.User) (name string, ok bool) {
	name = u.Name.Full()
	return name, name != "" || f.blank
}

// setName stores what was said; "" and null both clear it, and stay apart. Parts
// heard elsewhere go with the name they were said of: kept beside another one,
// they would hide it where parts are shown.
func (f *face) setName(u *core.User, name wire.Field[string]) {
	said := name.Or("")
	if said != u.Name.Full() {
		u.Name = core.Name{Formatted: said}
	}
	f.blank = said == "" && !name.IsNull()
}
