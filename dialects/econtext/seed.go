package econtext

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/seedentry"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
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
	// Applications, Groups and Organizations have the fields of the requests that create them,
	// an id among them. A user's groups.econtext.application and so on name what they are in.
	Applications  []seedentry.Entry `yaml:"applications"`
	Groups        []seedentry.Entry `yaml:"groups"`
	Organizations []seedentry.Entry `yaml:"organizations"`
	// APIKeys are keys of users.
	APIKeys []SeedAPIKey `yaml:"api_keys"`
	// Map names the fields of users that members of custom_data are one and the same
	// with: email, name, given_name or family_name. Each is applied once.
	Map map[string]core.MappedField `yaml:"map"`
}

// SeedAPIKey is an API key of a user.
type SeedAPIKey struct {
	Username    string `yaml:"username"`
	ID          string `yaml:"id"`
	Secret      string `yaml:"secret"`
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
}

// Seed creates the base application and adds its members, once each, who must be
// seeded users: see [core.Tx.SeedRight].
func (d *Dialect) Seed(ctx context.Context, seed Seed) error {
	apply, err := d.PrepareSeed(ctx, seed)
	if err != nil {
		return err
	}
	return d.dir.Update(ctx, core.Operator(), apply)
}

// PrepareSeed is Seed as part of a larger transaction: it hashes the secrets and returns
// the function to run inside it.
func (d *Dialect) PrepareSeed(ctx context.Context, seed Seed) (apply func(*core.Tx) error, err error) {
	hashes := make([]string, len(seed.APIKeys))
	for i, k := range seed.APIKeys {
		if hashes[i], err = seedSecret(ctx, d, k); err != nil {
			return nil, fmt.Errorf("econtext.api_keys[%d].%w", i, err)
		}
	}
	return func(tx *core.Tx) error { return d.seed(tx, seed, hashes) }, nil
}

func (d *Dialect) seed(tx *core.Tx, seed Seed, hashes []string) error {
	base, err := d.baseApplication(tx)
	if err != nil {
		return err
	}
	for i, username := range seed.Members {
		if err := d.seedMember(tx, base, username); err != nil {
			return fmt.Errorf("econtext.members[%d]: %w", i, err)
		}
	}
	if err := seedObjects(d, tx, seed); err != nil {
		return err
	}
	for i, k := range seed.APIKeys {
		if err := seedAPIKey(d, tx, k, hashes[i]); err != nil {
			return fmt.Errorf("econtext.api_keys[%d].username: %w", i, err)
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

// seedObjects creates applications, groups, which name them, and organizations.
func seedObjects(d *Dialect, tx *core.Tx, seed Seed) error {
	c := &call{Context: echo.New().NewContext(&http.Request{URL: new(url.URL)}, nil), d: d} // of a request without path
	for _, list := range []struct {
		of      collection
		entries []seedentry.Entry
	}{{applications(), seed.Applications}, {groups(), seed.Groups}, {organizations(), seed.Organizations}} {
		for i, e := range list.entries {
			in, err := e.Object()
			if err == nil {
				err = list.of.seed(c, tx, in)
			}
			if err != nil {
				return fmt.Errorf("econtext.%s[%d]: %w", list.of.many, i, err)
			}
		}
	}
	return nil
}

var errNoID = errors.New("id: what a seed creates has an id")

// seed stores the object of a request, once.
func (k collection) seed(c *call, tx *core.Tx, in wire.Value) error {
	id, err := givenID(in, "id")
	if err != nil {
		return err
	}
	if id == "" {
		return errNoID
	}
	return tx.SeedOnce(func() error {
		name, err := k.readName(in)
		if err != nil {
			return err
		}
		members, err := k.readMembers(c, in)
		if err != nil {
			return err
		}
		return addGroup(c.d, tx, &core.Group{Realm: c.d.realm, Kind: k.kind, UID: id, Name: name, Body: emptyDocument.with(members...)}, in)
	}, Name, k.one, string(c.d.realm), id)
}

func keyIdentity(d *Dialect, k SeedAPIKey) []string {
	return []string{Name, "api_key", string(d.realm), core.Fold(k.Username), k.ID}
}

// seedSecret hashes the key's secret, unless the key was seeded before.
func seedSecret(ctx context.Context, d *Dialect, k SeedAPIKey) (hash string, err error) {
	secret := strings.TrimSpace(k.Secret) // authentication trims it too
	switch {
	case strings.TrimSpace(k.ID) == "":
		return "", errNoID
	case secret == "" || strings.Contains(secret, "\x00"):
		return "", errors.New("secret: a key has one, without NUL")
	}
	seeded := false
	err = d.dir.View(ctx, func(tx *core.Tx) error {
		seeded, err = core.Seeded(tx, keyIdentity(d, k)...)
		return err
	})
	if seeded || err != nil {
		return "", err
	}
	return d.dir.HashSecret(ctx, d.cfg.SecretCost, secret)
}

func seedAPIKey(d *Dialect, tx *core.Tx, k SeedAPIKey, hash string) error {
	in := apiKeyInput{id: strings.TrimSpace(k.ID), members: []wire.Member{
		{Name: memberName, Value: wire.String(k.Name)}, {Name: memberDescription, Value: wire.String(k.Description)},
	}}
	has := func(u *core.User) (bool, error) {
		r, err := tx.Record(d.keyRef(in.id))
		return err == nil && r.Owner == u.ID, err
	}
	add := func(u *core.User) error {
		_, err := d.addKey(tx, in, u, hash)
		return err
	}
	return tx.SeedRight(d.realm, k.Username, has, add, keyIdentity(d, k)...)
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
