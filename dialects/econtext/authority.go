package econtext

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

var (
	_ core.AuthoritySource = (*Dialect)(nil)
	_ core.FacetGuard      = (*Dialect)(nil)
	_ core.RecordGuard     = (*Dialect)(nil)
)

// rightCall is the only right: whoever may call the API may do everything in it.
const rightCall = "call"

// AuthorityKinds implements [core.AuthoritySource].
func (d *Dialect) AuthorityKinds() []string { return []string{kindApplication} }

// GroupRights implements [core.AuthoritySource]: the members of the base application
// may call the API.
func (d *Dialect) GroupRights(g *core.Group) ([]string, error) {
	if g.Realm != d.realm || g.UID != d.cfg.ApplicationID {
		return nil, nil
	}
	return []string{rightCall}, nil
}

// GuardedFacetChanged implements [core.FacetGuard]: the status and the list of API keys.
func (d *Dialect) GuardedFacetChanged(before, after *core.Document) bool {
	a, errA := core.Decoded(before, decodeFacet)
	b, errB := core.Decoded(after, decodeFacet)
	if errA != nil || errB != nil {
		return string(before.Text()) != string(after.Text())
	}
	return a.unverified != b.unverified || !slices.Equal(a.keys, b.keys)
}

// GuardedRecords implements [core.RecordGuard]: API keys authenticate their owner.
func (d *Dialect) GuardedRecords() []string { return []string{kindAPIKey} }

// GroupKinds implements core.GroupOwner.
func (d *Dialect) GroupKinds() []string {
	return []string{kindApplication, kindGroup, kindOrganization}
}
