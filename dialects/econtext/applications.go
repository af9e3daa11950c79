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
	return replyFunc(func(a *answer) error {
		a.RawKey("application")
		a.application(t)
		return nil
	})
}

func applicationRules() thingRules {
	return thingRules{
		kind: kindApplication, name: requiredName, changes: (*call).applicationChanges,
		key: plainKey, unused: (*call).applicationUnused,
	}
}

func createApplication(k *call) (reply, error) {
	in, err := k.object()
	if err != nil {
		return nil, err
	}
	made, err := k.createThing(applicationRules(), in, noParent)
	return applicationReply(made), err
}

// newJWTSecret is 32 random hex digits, as the vendor's.
func (d *Dialect) newJWTSecret() wire.Member {
	secret := strings.ReplaceAll(d.dir.NewUID(), "-", "")
	return wire.Member{Name: memberJWTSecret, Value: wire.String(secret)}
}

// applicationChanges gives a new application a secret if it brings none.
func (k *call) applicationChanges(in wire.Value) ([]wire.Member, error) {
	members, err := k.thingChanges(in)
	if err != nil {
		return nil, err
	}
	secret, err := textMember(in, memberJWTSecret)
	if err != nil {
		return nil, err
	}
	switch {
	case secret.Present():
		members = append(members, wire.Member{Name: memberJWTSecret, Value: orNull(secret)})
	case k.param("appid") == "":
		members = append(members, k.d.newJWTSecret())
	}
	if k.d.v2 {
		return k.parameterChanges(in, members)
	}
	return members, nil
}

func showApplication(k *call) (reply, error) {
	found, err := k.showThing(kindApplication)
	return applicationReply(found), err
}

func updateApplication(k *call) (reply, error) {
	changed, err := k.updateThing(applicationRules())
	return applicationReply(changed), err
}

func deleteApplication(k *call) (reply, error) {
	if k.param("appid") == k.d.cfg.ApplicationID {
		return nil, invalid("appid", "Cannot delete the system application")
	}
	return k.deleteThing(applicationRules())
}

// applicationUnused asks for groups before it asks for users.
func (k *call) applicationUnused(tx *core.Tx, app *thing) error {
	groups, err := tx.Groups(core.GroupQuery{Realm: k.d.realm, Kind: kindGroup, Parent: app.ID, Limit: 1})
	if err != nil {
		return err
	}
	if len(groups) > 0 {
		return conflict("Groups must be deleted before application deletion is possible")
	}
	return withoutUsers(tx, app, "application")
}
