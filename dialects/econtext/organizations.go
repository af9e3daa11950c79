package econtext

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func (d *Dialect) organizationRoutes() []route {
	return []route{
		{"/organizations", justGet, get("organizations.list", listOrganizations)},
		{"/organizations/organization", whole("orgid"), post("organizations.create", createOrganization)},
		{"/organizations/organization/:orgid", whole("orgid"),
			one("organizations", showOrganization, updateOrganization, deleteOrganization)},
		{"/organizations/organization/:orgid/users", justGet, get("organizations.users", listOrganizationUsers)},
	}
}

// organizationsAtOnce is the limit of a list that asks for none.
const organizationsAtOnce = 50

func listOrganizations(k *call) (reply, error) {
	q, err := k.thingQuery(kindOrganization)
	if err != nil {
		return nil, err
	}
	q.Limit = or(q.Limit, organizationsAtOnce)
	var all []thing
	err = k.view(func(tx *core.Tx) (err error) {
		all, err = readThings(tx, q)
		return err
	})
	return replyFunc(func(a *answer) error {
		a.RawKey("organizations").Arr()
		for i := range all {
			a.minimalOrganization(&all[i])
		}
		a.End()
		return nil
	}), err
}

// organizationReply shows the members too, by username, as they are read.
func organizationReply(t *thing) reply {
	return replyFunc(func(a *answer) error {
		a.RawKey("organization")
		return a.organization(t, listing{minimal: true, query: core.UserQuery{
			Realm: t.Realm, Member: t.ID, MemberKind: t.Kind, Order: core.OrderUsername,
		}})
	})
}

// emptyOrganizationReply leaves the members out, as the profile v2 does after an update.
func emptyOrganizationReply(t *thing) reply {
	return replyFunc(func(a *answer) error {
		a.RawKey("organization")
		a.emptyOrganization(t)
		return nil
	})
}

// organizationName asks for the name; the vendor's server fails without one.
func organizationName(in wire.Value) (string, error) {
	name, err := requiredName(in)
	if f, ok := err.(*failure); ok && f.status < 500 {
		return "", crash("'name'")
	}
	return name, err
}

func organizationRules() thingRules {
	return thingRules{
		kind: kindOrganization, name: organizationName, changes: (*call).thingChanges,
		key: plainKey, unused: (*call).organizationUnused,
	}
}

func createOrganization(k *call) (reply, error) {
	in, err := k.object()
	if err != nil {
		return nil, err
	}
	made, err := k.createThing(organizationRules(), in, noParent)
	return organizationReply(made), err
}

func showOrganization(k *call) (reply, error) {
	found, err := k.showThing(kindOrganization)
	return organizationReply(found), err
}

func updateOrganization(k *call) (reply, error) {
	changed, err := k.updateThing(organizationRules())
	if k.d.v2 {
		return emptyOrganizationReply(changed), err
	}
	return organizationReply(changed), err
}

func deleteOrganization(k *call) (reply, error) { return k.deleteThing(organizationRules()) }

// organizationUnused has the vendor's words, though an organization is meant.
func (k *call) organizationUnused(tx *core.Tx, t *thing) error {
	return withoutUsers(tx, t, "application")
}
