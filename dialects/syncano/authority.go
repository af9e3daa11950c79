package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

var (
	_ core.AuthoritySource = (*Dialect)(nil)
	_ core.RecordAuthority = (*Dialect)(nil)

	_ core.GroupOwner        = (*Dialect)(nil)
	_ core.AttributeDeclarer = (*Dialect)(nil)
)

// Users hold no rights over others in this dialect: accounts do, which are not
// users of an instance, and API keys by their flags.

// AuthorityKinds implements [core.AuthoritySource]: no group confers authority.
func (d *Dialect) AuthorityKinds() []string { return nil }

// GroupRights implements [core.AuthoritySource].
func (d *Dialect) GroupRights(*core.Group) ([]string, error) { return nil, nil }

// AuthorityRecords implements [core.RecordAuthority].
func (d *Dialect) AuthorityRecords() []string { return []string{apiKeyKind, roleKind} }

// RecordRights implements [core.RecordAuthority]: the flags of an API key in its
// realm, and the role of an account in the accounts' realm.
func (d *Dialect) RecordRights(r *core.Record) ([]string, error) {
	if r.Kind == apiKeyKind {
		key, err := decodeAPIKey(r)
		if err != nil {
			return nil, err
		}
		return key.flags(), nil
	}
	body, err := core.Decoded(r.Body, decodeJSON[roleBody])
	return body.Role.rights(body.Instance), err
}

// flags lists the flags that are set.
func (k *apiKey) flags() (set []string) {
	for _, flag := range []struct {
		on   bool
		name string
	}{
		{k.IgnoreACL, "ignore_acl"}, {k.AllowUserCreate, "allow_user_create"},
		{k.AllowGroupCreate, "allow_group_create"}, {k.AllowAnonymousRead, "allow_anonymous_read"},
	} {
		if flag.on {
			set = append(set, flag.name)
		}
	}
	return set
}

// everyFlag is what the managers of an instance can give its keys.
var everyFlag = apiKey{IgnoreACL: true, AllowUserCreate: true, AllowGroupCreate: true, AllowAnonymousRead: true}

// rights lists the role in the instance with those it includes.
func (r role) rights(instance int64) (list []string) {
	for least := readRole; least <= min(r, fullRole); least++ {
		list = append(list, least.word()+"@"+decimal(instance))
	}
	return list
}

// actor is the caller. A user key lies in applications and does not carry its
// user's authority. An account holds the rights of its role in the instance.
func (c *call) actor() core.Actor {
	switch {
	case c.caller.user != nil:
		return core.ActingUser(Name, c.caller.user, core.ProofSession)
	case c.caller.account == nil || c.instance == nil:
		return core.ActingKey(Name, nil)
	}
	in := map[core.Realm]core.Authority{accountsRealm: core.NewAuthority(Name, c.caller.role.rights(c.instance.row.ID)...)}
	if c.caller.role >= fullRole {
		in[c.instance.Realm] = core.NewAuthority(Name, everyFlag.flags()...)
	}
	return core.ActingKey(Name, in)
}

// GroupKinds implements [core.GroupOwner].
func (d *Dialect) GroupKinds() []string { return []string{groupKind} }

// DeclaredAttributes implements [core.AttributeDeclarer]: the fields of the class
// user_profile, but for those that point at something, and lists and objects.
func (d *Dialect) DeclaredAttributes(tx *core.Tx, realm core.Realm) (all []core.Declaration, err error) {
	class, err := schema.FindProfileClass(tx, realm)
	if err != nil {
		return nil, err
	}
	types := map[schema.Type]core.AttributeType{
		schema.String: core.TextAttribute, schema.Text: core.TextAttribute, schema.Integer: core.IntegerAttribute,
		schema.Float: core.DecimalAttribute, schema.Boolean: core.BooleanAttribute, schema.Datetime: core.TimeAttribute,
	}
	for _, f := range class.Schema {
		if kind, ok := types[f.Type]; ok {
			all = append(all, core.Declaration{Name: f.Name, Type: kind})
		}
	}
	return all, nil
}
