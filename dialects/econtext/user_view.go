package econtext

import (
	"cmp"
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// userView is a user with everything that is shown of it.
type userView struct {
	*core.User
	facet        *facet
	now          time.Time // the status depends on it
	applications []groupView
	groups       []groupView
	keys         []apiKeyView
	organization *groupView // nil: none
	// bareModified shows modified_at without its offset, as one answer of the
	// profile v2 does.
	bareModified bool
}

// apiKeyView is an API key with its decoded body.
type apiKeyView struct {
	*core.Record
	doc *document
}

// sort puts the lists in the order in which they are shown. The vendor's server
// has none; here it is the same at every call.
func (v *userView) sort() {
	byName := func(a, b groupView) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.UID, b.UID)) }
	slices.SortFunc(v.applications, byName)
	slices.SortFunc(v.groups, byName)
	slices.SortFunc(v.keys, func(a, b apiKeyView) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.Key, b.Key))
	})
}
