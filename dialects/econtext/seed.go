package econtext

import (
	"context"
	"errors"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
)

// applicationName is what the vendor calls the base application.
const applicationName = "eContext Auth"

// Seed is what has to be there before anybody can call the API. The realm and
// the application's id are the Config's, which the program fills from the same section.
type Seed struct {
	// Realm is whose people the dialect shows.
	Realm string `yaml:"realm"`
	// ApplicationID is the base application's id.
	ApplicationID string `yaml:"application_id"`
	// Members are the usernames that may call the API.
	Members []string `yaml:"members"`
}

// Seed makes the base application and joins its members, who must be there.
// What is there already is left as it is.
func (d *Dialect) Seed(ctx context.Context, seed Seed) error {
	return d.dir.Update(ctx, func(tx *core.Tx) error { return d.seed(tx, seed) })
}

// PrepareSeed is Seed for a larger transaction: it returns what is to be done within.
func (d *Dialect) PrepareSeed(_ context.Context, seed Seed) (plant func(*core.Tx) error, err error) {
	return func(tx *core.Tx) error { return d.seed(tx, seed) }, nil
}

func (d *Dialect) seed(tx *core.Tx, seed Seed) error {
	base, err := d.baseApplication(tx)
	if err != nil {
		return err
	}
	for _, username := range seed.Members {
		u, err := tx.User(core.ByUsername(d.realm, username))
		if err != nil {
			return fmt.Errorf("member %q of the base application: %w", username, err)
		}
		if _, err := tx.Join(u, base); err != nil {
			return err
		}
	}
	return nil
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
