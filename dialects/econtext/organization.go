package econtext

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// organizations are the customers that users belong to. See REFERENCE.md, "Organizations".
func organizations() collection {
	return collection{
		kind: kindOrganization, one: "organization", many: "organizations",
		readName: organizationName, readMembers: readCommonMembers,
		// The vendor's words name an application.
		checkUnused: func(_ *call, tx *core.Tx, g *groupView) error { return checkWithoutUsers(tx, g, "application") },
	}
}

// organizationName reads the name; without one the vendor's server fails.
func organizationName(in wire.Value) (string, error) {
	name, err := requiredName(in)
	if f := (*failure)(nil); errors.As(err, &f) && f.status < 500 {
		return "", crash("'name'")
	}
	return name, err
}
