package econtext

import (
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// facet is the dialect's private data of a user.
type facet struct {
	value      wire.Value // as stored, with members of a newer version
	unverified bool       // an enabled user's status is UNVERIFIED
	admin      bool       // is an admin of the organization
	// blankName reports that the name was set to "" and not to null.
	blankName bool
	// keys are the record IDs of the user's API keys, so that users without any,
	// which are most, cost no search for them.
	keys []int64
}

// Names of the facet's members, each left out when it has its default.
const (
	facetStatus    = "status"
	facetAdmin     = "org_admin"
	facetBlankName = "blank_name"
	facetKeys      = "apikeys"
)

func facetOf(u *core.User) (*facet, error) { return core.Decoded(u.Facets.Get(Name), decodeFacet) }

// emptyFacet is that of a user who was never written here. It never changes.
var emptyFacet = &facet{value: wire.Object()}

func decodeFacet(text []byte) (*facet, error) {
	if len(text) == 0 {
		return emptyFacet, nil
	}
	v, err := wire.ParseJSON(text, storedLimits)
	if err != nil {
		return nil, err
	}
	f := &facet{value: v}
	f.unverified = member(v, facetStatus).Text() == statusUnverified
	f.admin, _ = member(v, facetAdmin).Bool()
	f.blankName, _ = member(v, facetBlankName).Bool()
	for _, item := range member(v, facetKeys).Items() {
		if id, ok := item.Int(); ok {
			f.keys = append(f.keys, id)
		}
	}
	return f, nil
}

// store writes the facet to u.
func (f *facet) store(u *core.User) {
	v := wire.Object()
	for _, m := range f.value.Members() {
		switch m.Name {
		case facetStatus, facetAdmin, facetBlankName, facetKeys:
		default:
			v.Set(m.Name, m.Value)
		}
	}
	if f.unverified {
		v.Set(facetStatus, wire.String(statusUnverified))
	}
	if f.admin {
		v.Set(facetAdmin, wire.Bool(true))
	}
	if f.blankName {
		v.Set(facetBlankName, wire.Bool(true))
	}
	if len(f.keys) > 0 {
		list := wire.Array()
		for _, id := range f.keys {
			list.Append(wire.Int(id))
		}
		v.Set(facetKeys, list)
	}
	u.Facets.Set(Name, v.JSON())
}

// rendersLike reports whether f shows the user as g does.
func (f *facet) rendersLike(g *facet) bool {
	return f.unverified == g.unverified && f.admin == g.admin && f.blankName == g.blankName
}

// withKeys returns f with other API keys.
func (f *facet) withKeys(keys []int64) *facet {
	c := *f
	c.keys = keys
	return &c
}

func (f *facet) withKey(id int64) *facet { return f.withKeys(append(slices.Clip(f.keys), id)) }

func (f *facet) withoutKey(id int64) *facet {
	return f.withKeys(slices.DeleteFunc(slices.Clone(f.keys), func(k int64) bool { return k == id }))
}

// statusOf is the status that the vendor shows. The core decides whether the
// user may act, whichever dialect said so; the facet only tells UNVERIFIED from ENABLED.
func (f *facet) statusOf(u *core.User, now time.Time) string {
	switch {
	case !u.Active(now):
		return statusDisabled
	case f.unverified:
		return statusUnverified
	}
	return statusEnabled
}

// setStatus gives the user a status.
func (f *facet) setStatus(u *core.User, status string, now time.Time) {
	u.Enabled = status != statusDisabled
	f.unverified = status == statusUnverified
	if u.Enabled && !u.Active(now) {
		u.EnabledUntil = time.Time{}
	}
}

// nameOf is the name that the vendor shows; ok is false for null. A name that
// is stored in two parts is joined on reading.
func (f *facet) nameOf(u *core.User) (name string, ok bool) {
	name = u.Name.Full()
	return name, name != "" || f.blankName
}

// setName stores a name; "" and null both clear it, and are told apart. Another
// name drops the parts of the old one: they would hide the new one where parts are shown.
func (f *facet) setName(u *core.User, name wire.Field[string]) {
	text := name.Or("")
	if text != u.Name.Full() {
		u.Name = core.Name{Formatted: text}
	}
	f.blankName = text == "" && !name.IsNull()
}
