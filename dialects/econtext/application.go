package econtext

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// applications are what users log in to. See REFERENCE.md, "Applications".
func applications() collection {
	return collection{
		kind: kindApplication, one: "application", many: "applications",
		readName: requiredName, readMembers: readApplicationMembers, checkUnused: checkApplicationUnused,
	}
}

// SecretKinds returns the kind of group whose bodies are secret: they hold the key that
// signs access tokens. Secrets of API keys are hashed.
func SecretKinds() []core.SecretKind { return []core.SecretKind{{Kind: kindApplication, Body: true}} }

// newJWTSecret is 32 random hex digits, as the vendor's.
func (d *Dialect) newJWTSecret() wire.Member {
	secret := strings.ReplaceAll(d.dir.NewUID(), "-", "")
	return wire.Member{Name: memberJWTSecret, Value: wire.String(secret)}
}

// readApplicationMembers gives a new application a secret if the request has none.
func readApplicationMembers(c *call, in wire.Value) ([]wire.Member, error) {
	members, err := readCommonMembers(c, in)
	if err != nil {
		return nil, err
	}
	secret, err := textField(in, memberJWTSecret)
	if err != nil {
		return nil, err
	}
	isNew := c.param("appid") == ""
	switch {
	case secret.Present():
		members = append(members, wire.Member{Name: memberJWTSecret, Value: orNull(secret)})
	case isNew:
		members = append(members, c.d.newJWTSecret())
	}
	parameters, ok := in.Get(memberParameters)
	switch {
	case !c.d.v2 || !ok:
		return members, nil
	case !isNew:
		return nil, crash(textParameters)
	}
	kept, err := readParameters(parameters)
	return append(members, wire.Member{Name: memberParameters, Value: kept}), err
}

// readParameters reads the parameters of an application, which only the profile v2 has.
func readParameters(list wire.Value) (wire.Value, error) {
	kept := wire.Array()
	for _, item := range list.Items() {
		for _, name := range []string{"key", "datatype"} {
			if !item.Has(name) {
				return wire.Value{}, crash("'" + name + "'")
			}
		}
		p := wire.Object()
		for _, name := range []string{"key", "datatype", "default", "description"} {
			p.Set(name, member(item, name))
		}
		kept.Append(p)
	}
	return kept, nil
}

// checkApplicationUnused looks for groups before it looks for users.
func checkApplicationUnused(c *call, tx *core.Tx, app *groupView) error {
	groups, err := tx.Groups(core.GroupQuery{Realm: c.d.realm, Kind: kindGroup, Parent: app.ID, Limit: 1})
	if err != nil {
		return err
	}
	if len(groups) > 0 {
		return conflict(textGroupsLeft)
	}
	return checkWithoutUsers(tx, app, "application")
}

func listApplicationGroups(c *call) (reply, error) { return groups().listOf(c, kindApplication) }
