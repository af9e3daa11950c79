package onapp

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// The words for a user's state. A locked user still shows "active": the lock is separate.
const (
	statusActive    = "active"
	statusSuspended = "suspended"
	statusDeleted   = "deleted"
)

// statusAt is the user's state by the clock: nothing has to happen at suspend_at.
func statusAt(now time.Time, u *core.User) string {
	switch {
	case !u.DeletedAt.IsZero():
		return statusDeleted
	case u.Active(now):
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

// givenName is the first name: the one that was given, or the first word of the whole name.
func givenName(u *core.User) string {
	if partsHold(u.Name) {
		return u.Name.Given
	}
	first, _, _ := strings.Cut(strings.TrimSpace(u.Name.Formatted), " ")
	return first
}

// familyName is the last name, or what follows the first word of the whole name.
func familyName(u *core.User) string {
	if partsHold(u.Name) {
		return u.Name.Family
	}
	_, rest, _ := strings.Cut(strings.TrimSpace(u.Name.Formatted), " ")
	return strings.TrimSpace(rest)
}

// partsHold tells whether the parts of a name were said. Where another dialect says another name, it takes them back.
func partsHold(n core.Name) bool { return n.Given != "" || n.Family != "" || n.Formatted == "" }

// views gathers what is shown of these users, in a fixed number of queries.
func (c *call) views(tx *core.Tx, users []*core.User) ([]userView, error) {
	views := make([]userView, len(users))
	ids := make([]int64, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	members, fields, err := c.around(tx, ids)
	for i := range users {
		if err == nil {
			err = c.fill(tx, &views[i], users[i], members, fields)
		}
	}
	return views, err
}

// viewOne gathers what is shown of one user.
func (c *call) viewOne(tx *core.Tx, u *core.User) (v userView, err error) {
	c.one[0] = u.ID
	members, fields, err := c.around(tx, c.one[:])
	if err == nil {
		err = c.fill(tx, &v, u, members, fields)
	}
	return v, err
}

// around reads what is shown of users and does not stand in them.
func (c *call) around(tx *core.Tx, ids []int64) (memberships, []field, error) {
	members, err := c.d.membersOf(tx, ids)
	if err != nil {
		return members, nil, err
	}
	fields, err := c.d.fieldsIn(tx)
	return members, fields, err
}

func (c *call) fill(tx *core.Tx, v *userView, u *core.User, members memberships, fields []field) (err error) {
	v.d, v.user, v.form = c.d, u, formOf(c.format, false)
	v.status = statusAt(tx.Now(), u)
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

// writeColumns writes what is inside a user anew.
func (v *userView) writeColumns(e stream, cols []column) {
	for i := range cols {
		cols[i].own(e, cols[i].name, v)
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
	rows  []core.Membership // by user, then group
	roles []*role           // by id
}

// membersOf reads them: one query for the rows, one for all the roles in them.
func (d *Dialect) membersOf(tx *core.Tx, users []int64) (m memberships, err error) {
	rows, err := tx.Memberships(core.MembershipQuery{Realm: d.cfg.Realm, Users: users})
	if err != nil || len(rows) == 0 {
		return m, err
	}
	var ids []int64
	for _, row := range rows {
		if row.Kind == kindRole || row.Kind == kindUserGroup {
			m.rows = append(m.rows, row)
		}
		if row.Kind == kindRole && !slices.Contains(ids, row.Group) {
			ids = append(ids, row.Group)
		}
	}
	slices.SortFunc(m.rows, func(a, b core.Membership) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Group, b.Group))
	})
	m.roles, err = d.readRoles(tx, ids)
	return m, err
}

// fewRoles is up to how many roles are read one by one, which the store does from memory, instead of by a query.
const fewRoles = 8

// readRoles reads the roles with these ids, by id.
func (d *Dialect) readRoles(tx *core.Tx, ids []int64) (roles []*role, err error) {
	if len(ids) > fewRoles {
		return d.queryRoles(tx, ids)
	}
	slices.Sort(ids)
	for _, id := range ids {
		r, err := d.role(tx, id)
		if err != nil {
			return nil, err
		}
		roles = append(roles, r)
	}
	return roles, nil
}

func (d *Dialect) queryRoles(tx *core.Tx, ids []int64) ([]*role, error) {
	groups, err := tx.Groups(core.GroupQuery{Realm: d.cfg.Realm, Kind: kindRole, IDs: ids})
	if err != nil {
		return nil, err
	}
	roles := make([]*role, len(groups))
	for i, g := range groups {
		if roles[i], err = d.roleOf(g); err != nil {
			return nil, err
		}
	}
	return roles, nil
}

// of returns the roles and the user group of one user.
func (m memberships) of(user int64) (roles []*role, group int64) {
	at, _ := slices.BinarySearchFunc(m.rows, user, func(row core.Membership, user int64) int { return cmp.Compare(row.User, user) })
	for ; at < len(m.rows) && m.rows[at].User == user; at++ {
		id := m.rows[at].Group
		if m.rows[at].Kind == kindUserGroup {
			group = id
			continue
		}
		i, there := slices.BinarySearchFunc(m.roles, id, func(r *role, id int64) int { return cmp.Compare(r.id, id) })
		if there {
			roles = append(roles, m.roles[i])
		}
	}
	return roles, group
}
