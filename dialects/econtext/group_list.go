package econtext

import (
	"cmp"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// keys are those of one object, and of one in a list.
func (k collection) keys(v *version) (one, inList []string) {
	switch k.kind {
	case kindApplication:
		return v.application, v.application
	case kindGroup:
		return v.group, v.group
	}
	return v.organization, v.minimalOrganization
}

// reply answers with one object; an organization with its members, if they are asked for.
func (k collection) reply(g *groupView, members bool) reply {
	return func(e *encoder) error {
		if members && k.kind == kindOrganization {
			g.members = &userList{minimal: true, query: core.UserQuery{
				Realm: g.Realm, Member: g.ID, MemberKind: g.Kind, Order: core.OrderUsername,
			}}
		}
		one, _ := k.keys(e.c.d.version)
		e.RawKey(k.one)
		return e.groupView(g, one)
	}
}

func (k collection) show(c *call) (reply, error) {
	var g *groupView
	err := c.view(func(tx *core.Tx) (err error) {
		g, err = c.pathGroupView(tx, k.kind)
		return err
	})
	return k.reply(g, true), err
}

func (k collection) list(c *call) (reply, error) { return k.listOf(c, "") }

// listOf lists by name: all objects, or those whose parent of that kind the path names.
func (k collection) listOf(c *call, parent string) (reply, error) {
	q := core.GroupQuery{Realm: c.d.realm, Kind: k.kind, ByName: true}
	var err error
	if q.Limit, err = c.queryNumber("limit"); err != nil {
		return nil, err
	}
	if q.Offset, err = c.queryNumber("offset"); err != nil {
		return nil, err
	}
	switch {
	case k.kind == kindOrganization:
		q.Limit = cmp.Or(q.Limit, organizationLimit)
	case parent == "":
		q.Limit = cmp.Or(q.Limit, c.d.version.groups)
	}
	if err := dialects.BeginAnswer(c.writer()); err != nil {
		return nil, err
	}
	var all []groupView
	err = c.view(func(tx *core.Tx) error {
		if parent != "" {
			g, err := c.pathGroup(tx, parent)
			if err != nil {
				return err
			}
			q.Parent = g.ID
		}
		groups, err := tx.Groups(q)
		if err != nil {
			return err
		}
		if all, _, err = appendGroupViews(nil, groups); err != nil || k.kind != kindGroup {
			return err
		}
		return nameApplications(tx, all)
	})
	return func(e *encoder) error {
		size := 0
		for i := range all {
			size += len(all[i].Body.Text())
		}
		defer e.hold(size)()
		_, inList := k.keys(e.c.d.version)
		e.RawKey(k.many)
		e.groupViews(all, inList)
		return nil
	}, err
}

// nameApplications finds the applications of groups, in one query.
func nameApplications(tx *core.Tx, groups []groupView) error {
	if len(groups) == 0 {
		return nil
	}
	q := core.GroupQuery{Realm: groups[0].Realm, Kind: kindApplication}
	for i := range groups {
		q.IDs = append(q.IDs, groups[i].Parent)
	}
	applications, err := tx.Groups(q)
	names := map[int64]string{}
	for _, app := range applications {
		names[app.ID] = app.UID
	}
	for i := range groups {
		groups[i].application = names[groups[i].Parent]
	}
	return err
}
