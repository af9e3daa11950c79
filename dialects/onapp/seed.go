package onapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/seedentry"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Seed is the section "onapp" of a seed file.
type Seed struct {
	// Realm, if set, must be the dialect's realm.
	Realm core.Realm `yaml:"realm"`
	// Administrators are users who get the role "admin".
	Administrators []Administrator `yaml:"administrators"`
	// Buckets, Roles, UserGroups and AdditionalFields have the fields of the requests that create
	// them; an id is kept.
	Buckets          []seedentry.Entry `yaml:"buckets"`
	Roles            []seedentry.Entry `yaml:"roles"`
	UserGroups       []seedentry.Entry `yaml:"user_groups"`
	AdditionalFields []seedentry.Entry `yaml:"additional_fields"`
	// APIKeys are keys of users who have none yet.
	APIKeys []Administrator `yaml:"api_keys"`
	// WhiteLists are the addresses from which users may come; others may come from anywhere.
	WhiteLists []WhiteList `yaml:"white_lists"`
	// Map names the fields of users that additional fields are one and the same with: email, name,
	// given_name or family_name. Each is applied once.
	Map map[string]core.MappedField `yaml:"map"`
}

// Administrator is a user of the realm who may do everything.
type Administrator struct {
	// Username is the name of an existing user.
	Username string `yaml:"username"`
	// APIKey becomes the user's key if it has none yet; "" gives none.
	APIKey string `yaml:"api_key"`
}

// WhiteList is a row of a user's white list.
type WhiteList struct {
	// Username is the name of an existing user.
	Username string `yaml:"username"`
	// IP is an address, or a block of them such as 192.0.2.0/24.
	IP string `yaml:"ip"`
	// Description is a note of at most 255 characters; may be empty.
	Description string `yaml:"description"`
}

// Seed creates what every panel has from the start (two roles, one bucket) and makes administrators,
// once each, of users who were seeded: see [core.Tx.SeedRight]. It fails for a realm that is not the
// dialect's and for a user who does not exist. It can be called at every start.
func (d *Dialect) Seed(ctx context.Context, s Seed) error {
	apply, err := d.PrepareSeed(ctx, s)
	if err != nil {
		return err
	}
	return d.dir.Update(ctx, core.Operator(), apply)
}

// PrepareSeed is Seed as part of a larger transaction: it returns the function to run inside it.
func (d *Dialect) PrepareSeed(_ context.Context, s Seed) (apply func(*core.Tx) error, err error) {
	if s.Realm != "" && s.Realm != d.cfg.Realm {
		return nil, fmt.Errorf("onapp: the seed is for realm %q, the dialect serves %q", s.Realm, d.cfg.Realm)
	}
	return func(tx *core.Tx) error { return d.seed(tx, s) }, nil
}

func (d *Dialect) seed(tx *core.Tx, s Seed) error {
	if err := d.seedPanel(tx); err != nil {
		return err
	}
	for i, a := range s.Administrators {
		if err := d.seedAdministrator(tx, a); err != nil {
			return fmt.Errorf("onapp.administrators[%d].username: %w", i, err)
		}
	}
	if err := seedObjects(d, tx, s); err != nil {
		return err
	}
	for i, k := range s.APIKeys {
		if err := seedAPIKey(d, tx, k); err != nil {
			return fmt.Errorf("onapp.api_keys[%d].username: %w", i, err)
		}
	}
	for i, row := range s.WhiteLists {
		if err := seedWhiteList(tx, d.cfg.Realm, row); err != nil {
			return fmt.Errorf("onapp.white_lists[%d]: %w", i, err)
		}
	}
	if err := core.SeedMappings(tx, d.cfg.Realm, s.Map); err != nil {
		return fmt.Errorf("onapp.map.%w", err)
	}
	return nil
}

// seedPanel creates the roles and the bucket of an empty realm. Their ids are 1 and 2, and 1.
func (d *Dialect) seedPanel(tx *core.Tx) error {
	roles, err := tx.Groups(core.GroupQuery{Realm: d.cfg.Realm, Kind: kindRole, Limit: 1})
	if err != nil || len(roles) > 0 {
		return err
	}
	for _, g := range []*core.Group{
		{Kind: kindRole, Name: "Administrator", Body: encodeRole(roleAdmin, true, nil)},
		{Kind: kindRole, Name: "User", Body: encodeRole(roleUser, true, idsOf(ownPermissions))},
		{Kind: kindBucket, Name: "Default Bucket", Body: encodeBody(bucketBody{Version: 1, Currency: defaultCurrency})},
	} {
		g.Realm = d.cfg.Realm
		if g.Kind == kindRole {
			g.Key = labelKey(g.Name)
		}
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
	}
	r, _, err := d.fieldRecord(tx)
	if err != nil {
		return err
	}
	r.Body = encodeBody(fieldSet{Version: 1, Fields: []field{}}) // stored from the start, so that showing a user never looks it up in vain
	return tx.SaveRecord(r)
}

func idsOf(identifiers []string) []int64 {
	ids := make([]int64, len(identifiers))
	for i, identifier := range identifiers {
		ids[i] = permissions[mustRight(identifier)].id
	}
	slices.Sort(ids)
	return ids
}

func (d *Dialect) seedAdministrator(tx *core.Tx, a Administrator) error {
	admin, err := d.adminRole(tx)
	if err != nil {
		return err
	}
	has := func(u *core.User) (bool, error) {
		roles, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: kindRole, Users: []int64{u.ID}})
		return slices.ContainsFunc(roles, func(m core.Membership) bool { return m.Group == admin.ID }), err
	}
	grant := func(u *core.User) error {
		if _, err := tx.Join(u, admin); err != nil {
			return err
		}
		return a.grantKey(tx, u)
	}
	return tx.SeedRight(d.cfg.Realm, a.Username, has, grant, dialectName, "administrator", string(d.cfg.Realm), core.Fold(a.Username))
}

// grantKey gives the user the API key, unless the user has one.
func (a Administrator) grantKey(tx *core.Tx, u *core.User) error {
	if a.APIKey == "" || u.Handle(handleKey) != "" {
		return nil
	}
	u.SetHandle(handleKey, keyDigest(a.APIKey))
	return tx.SaveUserKeepingUpdatedAt(u)
}

func seedAPIKey(d *Dialect, tx *core.Tx, a Administrator) error {
	has := func(u *core.User) (bool, error) { return u.Handle(handleKey) == keyDigest(a.APIKey), nil }
	grant := func(u *core.User) error { return a.grantKey(tx, u) }
	return tx.SeedRight(d.cfg.Realm, a.Username, has, grant, dialectName, "api_key", string(d.cfg.Realm), core.Fold(a.Username))
}

// seedObjects creates buckets, roles, user groups, which name both, and definitions of additional
// fields. Each is one with its label or name.
func seedObjects(d *Dialect, tx *core.Tx, s Seed) error {
	for _, list := range []struct {
		name    string
		entries []seedentry.Entry
		seed    func(*Dialect, *core.Tx, wire.Value, int64) error
	}{
		{"buckets", s.Buckets, seedBucket}, {"roles", s.Roles, seedRole},
		{"user_groups", s.UserGroups, seedUserGroup}, {"additional_fields", s.AdditionalFields, seedField},
	} {
		for i, e := range list.entries {
			v, err := e.Object()
			var number int64
			if err == nil {
				number, err = e.Number()
			}
			if err == nil {
				err = list.seed(d, tx, v, number)
			}
			if err != nil {
				return fmt.Errorf("onapp.%s[%d]: %w", list.name, i, err)
			}
		}
	}
	return nil
}

func seedBucket(d *Dialect, tx *core.Tx, v wire.Value, number int64) error {
	g := &core.Group{Realm: d.cfg.Realm, Kind: kindBucket}
	if err := applyBucket(g, bucketBody{Currency: defaultCurrency}, v); err != nil {
		return err
	}
	g.ID = number
	return core.SeedGroup(tx, g, groupIdentity(g)...)
}

func seedRole(d *Dialect, tx *core.Tx, v wire.Value, number int64) error {
	in, err := decodeRole(v)
	if err != nil {
		return fmt.Errorf("permission_ids: %w", err)
	}
	g := &core.Group{Realm: d.cfg.Realm, Kind: kindRole, ID: number, Name: strings.TrimSpace(in.label.Or(""))}
	if seeded, err := core.Seeded(tx, groupIdentity(g)...); seeded || err != nil {
		return err
	}
	if err := setLabel(tx, g, in.label.Or("")); err != nil {
		return err
	}
	g.Body = encodeRole(identifierIn(d, v), false, in.permissions)
	return core.SeedGroup(tx, g, groupIdentity(g)...)
}

func seedUserGroup(d *Dialect, tx *core.Tx, v wire.Value, number int64) error {
	in := decodeUserGroup(v)
	g := &core.Group{Realm: d.cfg.Realm, Kind: kindUserGroup, Name: strings.TrimSpace(in.label.Or(""))}
	if seeded, err := core.Seeded(tx, groupIdentity(g)...); seeded || err != nil {
		return err
	}
	if err := in.apply(tx, g, userGroupBody{Identifier: identifierIn(d, v)}); err != nil {
		return err
	}
	g.ID = number
	return core.SeedGroup(tx, g, groupIdentity(g)...)
}

// identifierIn is the identifier that the entry gives, which no request can, or a random one.
func identifierIn(d *Dialect, v wire.Value) string {
	if given := textField(v, "identifier").Or(""); given != "" {
		return given
	}
	return d.dir.NewKey(identifierAlphabet, identifierLength)
}

func groupIdentity(g *core.Group) []string {
	return []string{dialectName, g.Kind, string(g.Realm), labelKey(g.Name)}
}

func seedField(d *Dialect, tx *core.Tx, v wire.Value, number int64) error {
	add := func() error {
		return changeFieldSet(tx, d, func(set *fieldSet) error {
			if _, err := set.find(number); err == nil {
				return fmt.Errorf("id: there is another additional field with the number %d", number)
			}
			_, err := set.add(v, number)
			return err
		})
	}
	return tx.SeedOnce(add, dialectName, "additional_field", string(d.cfg.Realm), core.Fold(textField(v, "name").Or("")))
}

func seedWhiteList(tx *core.Tx, realm core.Realm, seeded WhiteList) error {
	add := func() error {
		u, err := tx.User(core.ByUsername(realm, seeded.Username))
		if err != nil {
			return err
		}
		doc := new(whiteListRow)
		given := wire.Object(wire.Member{Name: "ip", Value: wire.String(seeded.IP)}, wire.Member{Name: "description", Value: wire.String(seeded.Description)})
		if faults := doc.apply(given, true); len(faults) > 0 {
			return core.NewInvalid(faults...)
		}
		if err := tx.SaveRecord(&core.Record{Realm: u.Realm, Kind: kindWhiteList, Owner: u.ID, Body: encodeBody(doc)}); err != nil {
			return err
		}
		return saveFacet(tx, u, func(f *facet) { countWhiteList(f, nil, doc) })
	}
	return tx.SeedOnce(add, dialectName, "white_list", string(realm), core.Fold(seeded.Username), seeded.IP)
}

// GrantAll gives the user, who must be of the dialect's realm, the role of administrator.
func (d *Dialect) GrantAll(tx *core.Tx, u *core.User) error {
	if err := d.seedPanel(tx); err != nil {
		return err
	}
	admin, err := d.adminRole(tx)
	if err != nil {
		return err
	}
	_, err = tx.Join(u, admin)
	return err
}

func (d *Dialect) adminRole(tx *core.Tx) (*core.Group, error) {
	groups, err := tx.Groups(core.GroupQuery{Realm: d.cfg.Realm, Kind: kindRole})
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if r, err := roleOf(g); err == nil && r.Identifier == roleAdmin {
			return g, nil
		}
	}
	return nil, errors.New("there is no role with the identifier admin")
}

// FirstAccess returns a seed that lets the first administrator in, and what to print about it.
func FirstAccess(a dialects.Administrator) (Seed, dialects.FirstAccess) {
	key := a.NewKey("0123456789abcdef", 40)
	return Seed{Administrators: []Administrator{{Username: a.Username, APIKey: key}}}, dialects.FirstAccess{
		Secrets: []dialects.Secret{{Name: "OnApp API key", Value: key}},
		Curl:    fmt.Sprintf("curl -u '%s:%s' '%s/users.json?short'", a.Username, a.Password, a.BaseURL),
	}
}
