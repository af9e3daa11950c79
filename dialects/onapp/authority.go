package onapp

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

var (
	_ core.AuthoritySource = (*Dialect)(nil)
	_ core.FacetGuard      = (*Dialect)(nil)
	_ core.RecordGuard     = (*Dialect)(nil)

	_ core.GroupOwner        = (*Dialect)(nil)
	_ core.AttributeDeclarer = (*Dialect)(nil)
)

// AuthorityKinds implements core.AuthoritySource: roles confer authority.
func (d *Dialect) AuthorityKinds() []string { return []string{kindRole} }

// GroupRights implements core.AuthoritySource: the role's permissions, with those that they imply,
// over more than one's own account.
func (d *Dialect) GroupRights(g *core.Group) ([]string, error) {
	r, err := roleOf(g)
	if err != nil {
		return nil, err
	}
	return r.authority, nil
}

// overOthers lists the rights of a set that reach beyond one's own account: not those to see prices,
// lists of names and the version.
func (s rights) overOthers() (identifiers []string) {
	for i, p := range permissions {
		if s.has(right(i)) && !p.isHarmless() {
			identifiers = append(identifiers, p.identifier)
		}
	}
	return identifiers
}

func (p permission) isHarmless() bool {
	switch p.identifier {
	case "users.avatar", "user_groups.list", "billing_plans.list", "settings.version":
		return true
	}
	return strings.HasSuffix(p.identifier, ".own") || strings.HasPrefix(p.identifier, "users.read_prices")
}

// GuardedFacetChanged implements core.FacetGuard: the lock and the YubiKey, and not the counters.
func (d *Dialect) GuardedFacetChanged(before, after *core.Document) bool {
	return guardedPart(before) != guardedPart(after)
}

// guardedPart is what of a facet is a credential or a status. One that cannot be read is all of it.
func guardedPart(doc *core.Document) any {
	f := emptyFacet
	if doc != nil {
		var err error
		if f, err = core.Decoded(doc, decodeFacet); err != nil {
			return string(doc.Text())
		}
	}
	return [...]any{f.LockedAt.UTC(), f.UnlockDigest, f.YubiKey, f.YubiKeyText}
}

// GuardedRecords implements core.RecordGuard. An SSH key opens servers of its owner, and a limit
// stops them; a payment does neither.
func (d *Dialect) GuardedRecords() []string {
	return []string{kindKey, kindWhiteList, kindYubiKey, kindSSHKey, kindResourceLimit}
}

// actor is the caller: password and API key both prove who they are.
func (c *call) actor() core.Actor { return core.ActingUser(dialectName, c.user, core.ProofSecret) }

// GroupKinds implements core.GroupOwner.
func (d *Dialect) GroupKinds() []string { return []string{kindRole, kindUserGroup} }

// DeclaredAttributes implements core.AttributeDeclarer: the additional fields.
func (d *Dialect) DeclaredAttributes(tx *core.Tx, realm core.Realm) (all []core.Declaration, err error) {
	if realm != d.cfg.Realm {
		return nil, nil
	}
	fields, err := d.loadFields(tx)
	for i := range fields {
		a := core.Declaration{Name: fields[i].Name, Type: core.TextAttribute}
		if fields[i].Type == typeInteger {
			a.Type = core.IntegerAttribute
		}
		all = append(all, a)
	}
	return all, err
}
