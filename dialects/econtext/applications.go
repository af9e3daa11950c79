package econtext

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func (d *Dialect) applicationRoutes() []route {
	return []route{
		{"/applications", justGet, get("applications.list", listApplications)},
		{"/applications/application", whole("appid"), post("applications.create", createApplication)},
		{"/applications/application/:appid", whole("appid"),
			one("applications", showApplication, updateApplication, deleteApplication)},
		{"/applications/application/:appid/users", justGet, get("applications.users", listApplicationUsers)},
		{"/applications/application/:appid/groups", justGet, get("applications.groups", listApplicationGroups)},
	}
}

func applicationReply(t *thing) reply {
	return func(a *answer) error {
		a.Key("application")
		a.application(t)
		return nil
	}
}

func createApplication(k *call) (reply, error) {
	in, err := k.object()
	if err != nil {
		return nil, err
	}
	name, err := requiredName(in)
	if err != nil {
		return nil, err
	}
	members, err := k.applicationChanges(in)
	if err != nil {
		return nil, err
	}
	id, err := givenID(in, "id")
	if err != nil {
		return nil, err
	}
	if !in.Has(memberJWTSecret) {
		members = append(members, k.d.newJWTSecret())
	}
	var made *thing
	err = k.update(func(tx *core.Tx) error {
		made, err = add(tx, &core.Group{Realm: k.d.realm, Kind: kindApplication, UID: id, Key: name, Name: name}, members)
		return err
	})
	return applicationReply(made), err
}

// newJWTSecret is 32 random hex digits, as the vendor's.
func (d *Dialect) newJWTSecret() wire.Member {
	secret := strings.ReplaceAll(d.dir.NewUID(), "-", "")
	return wire.Member{Name: memberJWTSecret, Value: wire.String(secret)}
}

func (k *call) applicationChanges(in wire.Value) ([]wire.Member, error) {
	members, err := k.thingChanges(in)
	if err != nil {
		return nil, err
	}
	secret, err := textMember(in, memberJWTSecret)
	if err != nil {
		return nil, err
	}
	if secret.Present() {
		members = append(members, wire.Member{Name: memberJWTSecret, Value: orNull(secret)})
	}
	if k.d.v2 {
		return k.parameterChanges(in, members)
	}
	return members, nil
}

func showApplication(k *call) (reply, error) {
	var found *thing
	err := k.view(func(tx *core.Tx) (err error) {
		found, err = k.pathThing(tx, kindApplication, "appid")
		return err
	})
	return applicationReply(found), err
}

func updateApplication(k *call) (reply, error) {
	in, err := k.change()
	if err != nil {
		return nil, err
	}
	var changed *thing
	err = k.update(func(tx *core.Tx) error {
		if changed, err = k.pathThing(tx, kindApplication, "appid"); err != nil || in.IsNull() {
			return err
		}
		name, err := nameChange(in)
		if err != nil {
			return err
		}
		if name != "" {
			changed.Name, changed.Key = name, name
		}
		members, err := k.applicationChanges(in)
		if err != nil {
			return err
		}
		return save(tx, changed, members)
	})
	return applicationReply(changed), err
}

// deleteApplication refuses in the vendor's order.
func deleteApplication(k *call) (reply, error) {
	err := k.update(func(tx *core.Tx) error {
		if k.param("appid") == k.d.cfg.ApplicationID {
			return invalid("appid", "Cannot delete the system application")
		}
		found, err := k.pathThing(tx, kindApplication, "appid")
		if err != nil {
			return err
		}
		if found.doc.status != statusDisabled {
			return conflict("Application must be disabled before deletion is possible")
		}
		if err := k.checkUnused(tx, found); err != nil {
			return err
		}
		return tx.RemoveGroup(found.Group)
	})
	return deletedReply, err
}

func (k *call) checkUnused(tx *core.Tx, app *thing) error {
	groups, err := tx.Groups(core.GroupQuery{Realm: k.d.realm, Kind: kindGroup, Parent: app.ID, Limit: 1})
	if err != nil {
		return err
	}
	if len(groups) > 0 {
		return conflict("Groups must be deleted before application deletion is possible")
	}
	used, err := hasMembers(tx, app.Group)
	if err != nil {
		return err
	}
	if used {
		return conflict("Users must be deleted or updated before application deletion is possible")
	}
	return nil
}
