package onapp

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// Seed is the dialect's part of a seed file.
type Seed struct {
	// Realm is the population the seed speaks of; only the dialect's own makes sense. "" is that.
	Realm core.Realm `yaml:"realm"`
	// Administrators are users who get the role "admin".
	Administrators []Administrator `yaml:"administrators"`
}

// Administrator is a user of the realm who may do everything.
type Administrator struct {
	// Username is that of a user who is there already.
	Username string `yaml:"username"`
	// APIKey becomes the user's key if it has none yet; "" gives none.
	APIKey string `yaml:"api_key"`
}

// Seed makes what every panel has from its birth (two roles, one bucket) and the administrators of s. What is there
// already is left as it is, but for one thing: an administrator who was locked out by wrong passwords gets in again,
// for nobody else could unlock the last one. It fails for a realm that is not the dialect's and for a user who is
// not there; it can be called at every start.
func (d *Dialect) Seed(ctx context.Context, s Seed) error {
	plant, err := d.PrepareSeed(ctx, s)
	if err != nil {
		return err
	}
	return d.dir.Update(ctx, plant)
}

// PrepareSeed is Seed for a larger transaction: it returns what is to be done within.
func (d *Dialect) PrepareSeed(_ context.Context, s Seed) (plant func(*core.Tx) error, err error) {
	if s.Realm != "" && s.Realm != d.cfg.Realm {
		return nil, fmt.Errorf("onapp: the seed speaks of realm %q, the dialect serves %q", s.Realm, d.cfg.Realm)
	}
	return func(tx *core.Tx) error { return d.seed(tx, s) }, nil
}

func (d *Dialect) seed(tx *core.Tx, s Seed) error {
	if err := d.seedPanel(tx); err != nil {
		return err
	}
	for _, a := range s.Administrators {
		if err := d.seedAdministrator(tx, a); err != nil {
			return fmt.Errorf("onapp: administrator %q: %w", a.Username, err)
		}
	}
	return nil
}

// seedPanel gives an empty realm its roles and its bucket. Their ids are 1 and 2, and 1.
func (d *Dialect) seedPanel(tx *core.Tx) error {
	roles, err := tx.Groups(core.GroupQuery{Realm: d.cfg.Realm, Kind: kindRole, Limit: 1})
	if err != nil || len(roles) > 0 {
		return err
	}
	for _, g := range []*core.Group{
		{Kind: kindRole, Name: "Administrator", Body: encodeRole(roleAdmin, true, nil)},
		{Kind: kindRole, Name: "User", Body: encodeRole(roleUser, true, idsOf(ownPermissions))},
		{Kind: kindBucket, Name: "Default Bucket", Body: (&bucket{currency: defaultCurrency}).encode()},
	} {
		g.Realm = d.cfg.Realm
		if g.Kind == kindRole {
			g.Key = labelKey(g.Name)
		}
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
	}
	r, set, err := d.fieldRecord(tx)
	if err != nil {
		return err
	}
	r.Body = set.encode() // there from the start, so that showing a user never looks for what is not there
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
	u, err := tx.User(core.ByUsername(d.cfg.Realm, a.Username))
	if err != nil {
		return err
	}
	admin, err := d.adminRole(tx)
	if err != nil {
		return err
	}
	if _, err := tx.Join(u, admin); err != nil {
		return err
	}
	shared, err := d.facetOf(u)
	if err != nil {
		return err
	}
	if d.isLocked(shared) {
		f := shared.clone()
		f.unlock()
		f.put(u, shared)
	} else if a.APIKey == "" || u.Handle(handleKey) != "" {
		return nil
	}
	if a.APIKey != "" && u.Handle(handleKey) == "" {
		u.SetHandle(handleKey, keyDigest(a.APIKey))
	}
	return tx.SaveUserKeepingUpdatedAt(u)
}

func (d *Dialect) adminRole(tx *core.Tx) (*core.Group, error) {
	groups, err := tx.Groups(core.GroupQuery{Realm: d.cfg.Realm, Kind: kindRole})
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if r, err := d.roleOf(g); err == nil && r.identifier == roleAdmin {
			return g, nil
		}
	}
	return nil, errors.New("there is no role with the identifier admin")
}
