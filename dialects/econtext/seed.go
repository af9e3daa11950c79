package econtext

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// applicationName is what the vendor calls the base application.
const applicationName = "eContext Auth"

// Seed is the section "econtext" of a seed file: what must exist before anyone
// can call the API. Realm and ApplicationID, if set, must be those of the Config.
type Seed struct {
	// Realm is the realm whose users are shown.
	Realm string `yaml:"realm"`
	// ApplicationID is the base application's id.
	ApplicationID string `yaml:"application_id"`
	// Members are the usernames that may call the API.
	Members []string `yaml:"members"`
	// Map names the fields of users that members of custom_data are one and the same
	// with: email, name, given_name or family_name. Each is applied once.
	Map map[string]core.MappedField `yaml:"map"`
}

// Seed creates the base application and adds its members, once each, who must be
// seeded users: see [core.Tx.SeedRight].
func (d *Dialect) Seed(ctx context.Context, seed Seed) error {
	return d.dir.Update(ctx, core.Operator(), func(tx *core.Tx) error { return d.seed(tx, seed) })
}

// PrepareSeed is Seed as part of a larger transaction: it returns the function to
// run inside it.
func (d *Dialect) PrepareSeed(_ context.Context, seed Seed) (apply func(*core.Tx) error, err error) {
	return func(tx *core.Tx) error { return d.seed(tx, seed) }, nil
}

func (d *Dialect) seed(tx *core.Tx, seed Seed) error {
	base, err := d.baseApplication(tx)
	if err != nil {
		return err
	}
	for i, username := range seed.Members {
		if err := d.seedMember(tx, base, username); err != nil {
			return fmt.Errorf("econtext.members[%d]: %w", i, err)
		}
	}
	if err := core.SeedMappings(tx, d.realm, seed.Map); err != nil {
		return fmt.Errorf("econtext.map.%w", err)
	}
	return nil
}

func (d *Dialect) seedMember(tx *core.Tx, base *core.Group, username string) error {
	has := func(u *core.User) (bool, error) {
		members, err := tx.Memberships(core.MembershipQuery{Realm: base.Realm, Kind: base.Kind, Users: []int64{u.ID}})
		return slices.ContainsFunc(members, func(m core.Membership) bool { return m.Group == base.ID }), err
	}
	join := func(u *core.User) error {
		_, err := tx.Join(u, base)
		return err
	}
	return tx.SeedRight(d.realm, username, has, join, "econtext", "member", string(d.realm), base.UID, core.Fold(username))
}

// GrantAll lets the user, who must be of the dialect's realm, call the API.
func (d *Dialect) GrantAll(tx *core.Tx, u *core.User) error {
	base, err := d.baseApplication(tx)
	if err != nil {
		return err
	}
	_, err = tx.Join(u, base)
	return err
}

func (d *Dialect) baseApplication(tx *core.Tx) (*core.Group, error) {
	g, err := tx.Group(d.application(d.cfg.ApplicationID))
	if !errors.Is(err, core.ErrNotFound) {
		return g, err
	}
	g = &core.Group{
		Realm: d.realm, Kind: kindApplication, UID: d.cfg.ApplicationID,
		Key: applicationName, Name: applicationName, Body: emptyDocument.with(d.newJWTSecret()),
	}
	return g, tx.SaveGroup(g)
}

// FirstAccess returns a seed that lets the first administrator in, and what to
// print about it.
func FirstAccess(a dialects.Administrator) (Seed, dialects.FirstAccess) {
	return Seed{Members: []string{a.Username}}, dialects.FirstAccess{
		Curl: fmt.Sprintf("curl -u '%s:%s' %s/api/users", a.Username, a.Password, a.BaseURL),
	}
}
