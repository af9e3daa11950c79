package econtext

import (
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// groups are sets of users within an application, which never changes. See REFERENCE.md, "Groups".
func groups() collection {
	return collection{
		kind: kindGroup, one: "group", many: "groups",
		readName: requiredName, readMembers: readGroupMembers, checkUnused: checkGroupUnused,
	}
}

// groupKey makes names unique within an application. The application's ID
// has no slash, so no two pairs give the same key.
func groupKey(application int64, name string) string {
	return strconv.FormatInt(application, 10) + "/" + name
}

// readGroupMembers needs the application of a new group.
func readGroupMembers(c *call, in wire.Value) ([]wire.Member, error) {
	if c.param("groupid") == "" && pystyle.Falsy(member(in, "application")) {
		return nil, missing("application")
	}
	return readCommonMembers(c, in)
}

// checkGroupUnused lets memberships end with the group, but in the profile v2.
func checkGroupUnused(c *call, tx *core.Tx, g *groupView) error {
	if !c.d.v2 {
		return nil
	}
	return checkWithoutUsers(tx, g, "group")
}
