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
	return func(a *answer) error {
		a.Key("group")
		a.group(t)
		return nil
	}
}

func createGroup(k *call) (reply, error) {
	in, err := k.object()
	if err != nil {
		return nil, err
	}
	name, err := requiredName(in)
	if err != nil {
		return nil, err
	}
	owner := member(in, "application")
	if falsy(owner) {
		return nil, missing("application")
	}
	members, err := k.thingChanges(in)
	if err != nil {
		return nil, err
	}
	id, err := givenID(in, "id")
	if err != nil {
		return nil, err
	}
	var made *thing
	err = k.update(func(tx *core.Tx) error {
		app, err := k.d.ownerApplication(tx, owner)
		if err != nil {
			return err
		}
		g := &core.Group{Realm: k.d.realm, Kind: kindGroup, UID: id, Parent: app.ID, Key: groupKey(app.ID, name), Name: name}
		if made, err = add(tx, g, members); err == nil {
			made.app = app.UID
		}
		return err
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
	var found *thing
	err := k.view(func(tx *core.Tx) (err error) {
		found, err = k.pathThing(tx, kindGroup, "groupid")
		return err
	})
	return groupReply(found), err
}

// updateGroup leaves the group in its application, whatever the request says.
func updateGroup(k *call) (reply, error) {
	in, err := k.change()
	if err != nil {
		return nil, err
	}
	var changed *thing
	err = k.update(func(tx *core.Tx) error {
		if changed, err = k.pathThing(tx, kindGroup, "groupid"); err != nil || in.IsNull() {
			return err
		}
		name, err := nameChange(in)
		if err != nil {
			return err
		}
		if name != "" {
			changed.Name, changed.Key = name, groupKey(changed.Parent, name)
		}
		members, err := k.thingChanges(in)
		if err != nil {
			return err
		}
		return save(tx, changed, members)
	})
	return groupReply(changed), err
}

// deleteGroup asks only for the status: the memberships end with the group.
func deleteGroup(k *call) (reply, error) {
	err := k.update(func(tx *core.Tx) error {
		found, err := k.pathThing(tx, kindGroup, "groupid")
		if err != nil {
			return err
		}
		if found.doc.status != statusDisabled {
			return conflict("Group must be disabled before deletion is possible")
		}
		if k.d.v2 {
			if err := wantUnusedV2(tx, found); err != nil {
				return err
			}
		}
		return tx.RemoveGroup(found.Group)
	})
	return deletedReply, err
}
