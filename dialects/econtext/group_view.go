package econtext

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
)

// The dialect's kinds: three of groups, one of records.
const (
	kindApplication  = "econtext.application"
	kindGroup        = "econtext.group" // its parent is the application
	kindOrganization = "econtext.organization"
	kindAPIKey       = "econtext.apikey"
)

// groupView is an application, a group or an organization with its decoded body.
type groupView struct {
	*core.Group
	doc         *document
	application string    // a group's application, by id
	members     *userList // of an organization; nil shows none
}

// application names an application by the id that the vendor shows.
func (d *Dialect) application(id string) core.GroupRef { return d.group(kindApplication, id) }

// group names a group of one of the dialect's kinds by the id that the vendor shows.
func (d *Dialect) group(kind, id string) core.GroupRef {
	return core.GroupRef{Realm: d.realm, Kind: kind, UID: id}
}

// newGroupView decodes a group and finds its application, if it has one.
func (d *Dialect) newGroupView(tx *core.Tx, g *core.Group) (*groupView, error) {
	doc, err := documentOf(g.Body)
	v := &groupView{Group: g, doc: doc}
	if err != nil || g.Kind != kindGroup {
		return v, err
	}
	app, err := tx.Group(core.GroupRef{Realm: d.realm, Kind: kindApplication, ID: g.Parent})
	if err == nil {
		v.application = app.UID
	}
	return v, err
}

// appendGroupViews decodes groups, without their applications. It appends the
// views to room and also returns them apart.
func appendGroupViews(room []groupView, groups []*core.Group) (views, all []groupView, err error) {
	from := len(room)
	for _, g := range groups {
		doc, err := documentOf(g.Body)
		if err != nil {
			return nil, room, err
		}
		room = append(room, groupView{Group: g, doc: doc})
	}
	return room[from:len(room):len(room)], room, nil
}

// pathGroup finds the group of that kind that the path names.
func (c *call) pathGroup(tx *core.Tx, kind string) (*core.Group, error) {
	g, err := tx.Group(c.d.group(kind, c.param(nounOf(kind).param)))
	if errors.Is(err, core.ErrNotFound) {
		return nil, c.unknown(kind)
	}
	return g, err
}

// pathGroupView is pathGroup with its body and its application.
func (c *call) pathGroupView(tx *core.Tx, kind string) (*groupView, error) {
	g, err := c.pathGroup(tx, kind)
	if err != nil {
		return nil, err
	}
	return c.d.newGroupView(tx, g)
}

// isMember reports whether the user is a member of the group of that kind and ID.
func (d *Dialect) isMember(tx *core.Tx, u *core.User, kind string, id int64) (bool, error) {
	all, err := tx.Memberships(core.MembershipQuery{Realm: d.realm, Kind: kind, Users: []int64{u.ID}})
	for i := range all {
		if all[i].Group == id {
			return true, err
		}
	}
	return false, err
}

// groupView writes an application, a group or an organization: the given keys in
// their order. The error is of reading an organization's members.
func (e *encoder) groupView(g *groupView, keys []string) (err error) {
	e.Obj()
	for _, key := range keys {
		e.RawKey(key)
		switch key {
		case "id":
			e.Str(g.UID)
		case "name":
			e.Str(g.Name)
		case "status":
			e.Str(g.doc.status)
		case "application":
			e.Str(g.application)
		case "description":
			e.Raw(g.doc.description)
		case "href":
			e.href(hrefPath(g.Kind), g.UID, "", "")
		case "created_at":
			e.time(g.CreatedAt)
		case "modified_at":
			e.time(g.UpdatedAt)
		case "custom_data":
			if g.doc.customData == "null" && (e.c.d.v2 || g.Kind == kindOrganization) {
				e.Obj().End()
			} else {
				e.Raw(g.doc.customData)
			}
		case "data":
			e.Raw(g.doc.data)
		case "jwt_secret":
			e.StrOrNull(g.doc.jwtSecret)
		case "parameters":
			if g.doc.parameters == "null" {
				e.Arr().End()
			} else {
				e.Raw(g.doc.parameters)
			}
		case "admins", "users":
			if err = e.organizationMembers(g, key == "admins"); err != nil {
				return err
			}
		}
	}
	e.End()
	return nil
}

func hrefPath(kind string) string {
	switch kind {
	case kindApplication:
		return "/api/applications/application/"
	case kindGroup:
		return "/api/groups/group/"
	}
	return "/api/organizations/organization/"
}

// organizationMembers writes the members, or the admins among them, as they are read.
func (e *encoder) organizationMembers(g *groupView, admins bool) error {
	if g.members == nil {
		e.Arr().End()
		return nil
	}
	l := *g.members
	l.admins = admins
	return l.array(e)
}

// groupViews writes a list. Those of a user may be large together, and in a list of users
// each user repeats them.
func (e *encoder) groupViews(all []groupView, keys []string) {
	e.Arr()
	for i := range all {
		e.groupView(&all[i], keys)
		if e.err == nil {
			e.err = e.flushIfLarge()
		}
	}
	e.End()
}
