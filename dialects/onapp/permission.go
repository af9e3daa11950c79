package onapp

import (
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// permission is one right that a role can hold. Its identifier is resource[.action[.own]]; holding
// the shorter one implies the longer ones. See REFERENCE.md, "Permissions".
type permission struct {
	id                int64
	identifier, label string
}

// permissions is the catalogue, which never changes. An id is a position plus one: add at the end
// only.
var permissions = catalogue([][2]string{
	{"users", "Any action on users"},
	{"users.create", "Create any user"},
	{"users.delete", "Destroy any user"},
	{"users.delete.own", "Destroy own user"},
	{"users.suspend", "Suspend and unsuspend users"},
	{"users.unlock", "Unlock any user"},
	{"users.login_as", "User can login as another user"},
	{"users.update", "Update any user"},
	{"users.update.own", "Update own user"},
	{"users.change_password", "Change user password"},
	{"users.change_password.own", "Change own password"},
	{"users.read", "See all users"},
	{"users.read.own", "See own users"},
	{"users.update_api_key", "Generate API key"},
	{"users.update_api_key.own", "Generate own API key"},
	{"users.update_yubikey", "Update Yubikey"},
	{"users.update_yubikey.own", "Update own Yubikey"},
	{"users.avatar", "Upload avatar"},
	{"users.read_prices", "See all users prices"},
	{"users.read_prices.billing_plan", "See user's billing plan"},
	{"users.read_prices.outstanding_amount", "See user's outstanding amount"},
	{"users.read_prices.summary_payments", "See user's summary payments"},
	{"users.read_prices.total_cost", "See user's total cost"},
	{"users.read_prices.hourly_price", "See user's hourly price"},
	{"users.read_prices.monthly_price", "See user's monthly price"},
	{"users.read_prices.vm_prices", "See user's virtual server prices"},
	{"users.read_prices.backups_templates", "See user's backups and templates prices"},
	{"roles", "Any action on roles"},
	{"roles.read", "See all roles"},
	{"roles.read.own", "See own roles"},
	{"roles.create", "Create a new role"},
	{"roles.update", "Update any role"},
	{"roles.delete", "Destroy any role"},
	{"permissions", "Any action on permissions"},
	{"permissions.read", "See all permissions"},
	{"user_groups", "Any action on user groups"},
	{"user_groups.read", "See all user groups"},
	{"user_groups.list", "See list of user groups"},
	{"user_groups.create", "Create a new user group"},
	{"user_groups.update", "Update any user group"},
	{"user_groups.delete", "Destroy any user group"},
	{"payments", "Any action on payments"},
	{"payments.read", "See all payments"},
	{"payments.read.own", "See own payments"},
	{"payments.create", "Create a new payment"},
	{"payments.update", "Update any payment"},
	{"payments.delete", "Destroy any payment"},
	{"settings", "Any action on settings"},
	{"settings.read", "See settings"},
	{"settings.update", "Update settings"},
	{"settings.version", "See the version"},
	{"resource_limits", "Any action on resource limits"},
	{"resource_limits.read", "See all resource limits"},
	{"resource_limits.read.own", "See own resource limits"},
	{"billing_plans", "Any action on billing plans"},
	{"billing_plans.read", "See all billing plans"},
	{"billing_plans.read.own", "See own billing plan"},
	{"billing_plans.list", "See list of billing plans"},
	{"billing_plans.create", "Create a new billing plan"},
	{"billing_plans.update", "Update any billing plan"},
	{"billing_plans.delete", "Destroy any billing plan"},
})

// ownPermissions are those that the built-in role "user" starts with: the user's own account only.
var ownPermissions = []string{
	"users.read.own", "users.update.own", "users.change_password.own", "users.update_api_key.own",
	"users.update_yubikey.own", "users.avatar", "payments.read.own", "resource_limits.read.own",
	"billing_plans.read.own",
}

// catalogueTime is when all permissions were created. Clients map permissions by identifier and
// ignore their times, so one time is enough for every installation.
var catalogueTime = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func catalogue(rows [][2]string) []permission {
	all := make([]permission, len(rows))
	for i, row := range rows {
		all[i] = permission{int64(i + 1), row[0], row[1]}
	}
	return all
}

// right is a position in the catalogue, and rights a set of them.
type (
	right  uint
	rights [2]uint64
)

func (s *rights) add(r right) { s[r/64] |= 1 << (r % 64) }

func (s rights) has(r right) bool { return s[r/64]&(1<<(r%64)) != 0 }

func (s *rights) union(other rights) {
	for i := range s {
		s[i] |= other[i]
	}
}

// contains reports whether all of other is in s.
func (s rights) contains(other rights) bool {
	all := s
	all.union(other)
	return all == s
}

// allRights are the rights of the role "admin", whatever its permissions.
func allRights() (s rights) {
	for i := range permissions {
		s.add(right(i))
	}
	return s
}

// implied are the rights of a permission: its own and those of every longer one.
func implied(p permission) (s rights) {
	for i, other := range permissions {
		if other.identifier == p.identifier || strings.HasPrefix(other.identifier, p.identifier+".") {
			s.add(right(i))
		}
	}
	return s
}

// mustRight returns the right with that identifier, and panics if there is none: identifiers are
// constants.
func mustRight(identifier string) right {
	for i, p := range permissions {
		if p.identifier == identifier {
			return right(i)
		}
	}
	panic("onapp: no permission " + identifier)
}

// permissionByID returns the permission with that id.
func permissionByID(id int64) (permission, bool) {
	if id < 1 || id > int64(len(permissions)) {
		return permission{}, false
	}
	return permissions[id-1], true
}

var nounPermission = noun{"permission", "permissions"}

func listPermissions(c *call) (reply, error) {
	if err := require(c.mayAll(mayReadPermissions)); err != nil {
		return reply{}, err
	}
	p := c.readPage()
	return showList(nounPermission, cut(p, permissions), p, writePermission), nil
}

func writePermission(e stream, p permission) {
	e.Time("created_at", catalogueTime)
	e.Int("id", p.id)
	e.Str("identifier", p.identifier)
	e.Time("updated_at", catalogueTime)
	e.Str("label", p.label)
}

func writePermissions(e stream, all []permission) {
	e.Array("permissions", "permission", railsxml.Wrapped)
	for _, p := range all {
		e.Item()
		writePermission(e, p)
		e.End()
	}
	e.End()
}
