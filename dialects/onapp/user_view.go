package onapp

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// The words for a user's state. A locked user still shows "active": the lock is separate.
const (
	statusActive    = "active"
	statusSuspended = "suspended"
	statusDeleted   = "deleted"
)

// status is the user's state by the clock: nothing has to happen at suspend_at.
func (d *Dialect) status(u *core.User) string {
	switch {
	case !u.DeletedAt.IsZero():
		return statusDeleted
	case u.Active(d.dir.Now()):
		return statusActive
	}
	return statusSuspended
}

// bucket is the user's bucket, the default one if none was chosen.
func (v *userView) bucket() int64 {
	if v.facet.Bucket == 0 {
		return defaultBucket
	}
	return v.facet.Bucket
}

func (v *userView) locale() string {
	if v.facet.Locale == "" {
		return defaultLocale
	}
	return v.facet.Locale
}

const defaultLocale = "en"

// givenName is the first name: the one that was given, or for a user of whom only the whole name is known its first word.
func givenName(u *core.User) string {
	if u.Name.Given != "" || u.Name.Family != "" {
		return u.Name.Given
	}
	first, _, _ := strings.Cut(strings.TrimSpace(u.Name.Formatted), " ")
	return first
}

// familyName is the last name, or what follows the first word of the whole name.
func familyName(u *core.User) string {
	if u.Name.Given != "" || u.Name.Family != "" {
		return u.Name.Family
	}
	_, rest, _ := strings.Cut(strings.TrimSpace(u.Name.Formatted), " ")
	return strings.TrimSpace(rest)
}

// views gathers what is shown of these users, in a fixed number of queries.
func (c *call) views(tx *core.Tx, users []*core.User) ([]userView, error) {
	views := make([]userView, len(users))
	ids := make([]int64, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	members, err := c.d.membersOf(tx, ids)
	if err != nil {
		return nil, err
	}
	fields, err := c.d.fieldsIn(tx)
	if err != nil {
		return nil, err
	}
	for i, u := range users {
		if err := c.fill(&views[i], u, members, fields); err != nil {
			return nil, err
		}
	}
	return views, nil
}

func (c *call) fill(v *userView, u *core.User, members memberships, fields []field) (err error) {
	v.d, v.user, v.format = c.d, u, c.format
	v.status = c.d.status(u)
	v.hideLogin = c.keyed && u.ID == c.user.ID
	if v.facet, err = c.d.facetOf(u); err != nil {
		return err
	}
	v.roles, v.group = members.of(u.ID)
	if v.group == 0 {
		v.group = v.facet.Group
	}
	v.fields = shownFields(fields, u)
	return nil
}

// viewOne gathers what is shown of one user.
func (c *call) viewOne(tx *core.Tx, u *core.User) (userView, error) {
	views, err := c.views(tx, []*core.User{u})
	if err != nil {
		return userView{}, err
	}
	return views[0], nil
}

// write writes what is inside a user.
func (v *userView) write(e railsxml.Streamer, cols []column) {
	for i := range cols {
		cols[i].write(e, cols[i].name, v)
	}
}

// showUser answers with one user.
func showUser(status int, v userView) reply {
	return reply{status: status, write: func(doc *document) error {
		doc.Root("user")
		v.write(doc.Streamer, v.d.columns.full)
		doc.End()
		return nil
	}}
}

// memberships are the roles and the user groups of some users.
type memberships struct {
	roles map[int64]*role
	rows  []core.Membership // by user, then group
}

// membersOf reads them: one query for the rows, one for all the roles in them.
func (d *Dialect) membersOf(tx *core.Tx, users []int64) (memberships, error) {
	rows, err := tx.Memberships(core.MembershipQuery{Realm: d.cfg.Realm, Users: users})
	if err != nil {
		return memberships{}, err
	}
	m := memberships{roles: map[int64]*role{}}
	var ids []int64
	for _, row := range rows {
		if row.Kind == kindRole || row.Kind == kindUserGroup {
			m.rows = append(m.rows, row)
		}
		if row.Kind == kindRole && m.roles[row.Group] == nil {
			m.roles[row.Group] = &role{}
			ids = append(ids, row.Group)
		}
	}
	slices.SortFunc(m.rows, func(a, b core.Membership) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Group, b.Group))
	})
	return m, d.readRoles(tx, ids, m.roles)
}

func (d *Dialect) readRoles(tx *core.Tx, ids []int64, into map[int64]*role) error {
	if len(ids) == 0 {
		return nil
	}
	groups, err := tx.Groups(core.GroupQuery{Realm: d.cfg.Realm, Kind: kindRole, IDs: ids})
	if err != nil {
		return err
	}
	for _, g := range groups {
		if into[g.ID], err = d.roleOf(g); err != nil {
			return err
		}
	}
	return nil
}

// of returns the roles and the user group of one user.
func (m memberships) of(user int64) (roles []*role, group int64) {
	at, _ := slices.BinarySearchFunc(m.rows, user, func(row core.Membership, user int64) int { return cmp.Compare(row.User, user) })
	for ; at < len(m.rows) && m.rows[at].User == user; at++ {
		if m.rows[at].Kind == kindUserGroup {
			group = m.rows[at].Group
		} else if r := m.roles[m.rows[at].Group]; r.id != 0 {
			roles = append(roles, r)
		}
	}
	return roles, group
}
