package econtext

import (
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func (d *Dialect) groupRoutes() []route {
	return []route{
		{"/groups", justGet, get("groups.list", listGroups)},
		{"/groups/group", whole("groupid"), post("groups.create", createGroup)},
		{"/groups/group/:groupid", whole("groupid"), one("groups", showGroup, updateGroup, deleteGroup)},
		{"/groups/group/:groupid/users", justGet, get("groups.users", listGroupUsers)},
	}
}

// groupKey makes names unique within an application. The application's number
// has no slash, so no two pairs give the same key.
func groupKey(application int64, name string) string {
	return strconv.FormatInt(application, 10) + "/" + name
}

func groupReply(t *thing) reply {
	return replyFunc(func(a *answer) error {
		a.RawKey("group")
		a.group(t)
		return nil
	})
}

func groupRules() thingRules {
	return thingRules{
		kind: kindGroup, name: requiredName, changes: (*call).thingChanges,
		key: groupKey, unused: (*call).groupUnused,
	}
}

func createGroup(k *call) (reply, error) {
	in, err := k.object()
	if err != nil {
		return nil, err
	}
	if _, err := requiredName(in); err != nil {
		return nil, err
	}
	owner := member(in, "application")
	if falsy(owner) {
		return nil, missing("application")
	}
	made, err := k.createThing(groupRules(), in, func(tx *core.Tx) (*core.Group, error) {
		return k.d.ownerApplication(tx, owner)
	})
	return groupReply(made), err
}

// ownerApplication finds the application that a new group names; the vendor's
// server has an error of its own for one that is not there.
func (d *Dialect) ownerApplication(tx *core.Tx, v wire.Value) (*core.Group, error) {
	all, err := d.wanted(tx, kindApplication, idList(wire.Array(v)), func(id string) error {
		return crash("Application " + id + " not found")
	})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

func showGroup(k *call) (reply, error) {
	found, err := k.showThing(kindGroup)
	return groupReply(found), err
}

// updateGroup leaves the group in its application, whatever the request says.
func updateGroup(k *call) (reply, error) {
	changed, err := k.updateThing(groupRules())
	return groupReply(changed), err
}

func deleteGroup(k *call) (reply, error) { return k.deleteThing(groupRules()) }

// groupUnused asks for nothing: the memberships end with the group. The profile
// v2 wants them ended before.
func (k *call) groupUnused(tx *core.Tx, t *thing) error {
	if !k.d.v2 {
		return nil
	}
	return withoutUsers(tx, t, "group")
}
