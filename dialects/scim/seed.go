package scim

import (
	"cmp"
	"context"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// Seed is the section "scim" of a seed file.
type Seed struct {
	// Tokens are those that must exist before a client can connect.
	Tokens []SeedToken `yaml:"tokens"`
}

// SeedToken is one token. Realm is main if it is empty. Groups is empty, or [AllGroups].
type SeedToken struct {
	Name   string     `yaml:"name"`
	Token  string     `yaml:"token"`
	Realm  core.Realm `yaml:"realm"`
	Write  bool       `yaml:"write"`
	Groups string     `yaml:"groups"`
}

// minTokenLength keeps guessable tokens out, in bytes.
const minTokenLength = 20

// Seed creates the tokens, once each: a revoked one does not come back.
func (d *Dialect) Seed(ctx context.Context, seed Seed) error {
	apply, err := d.PrepareSeed(ctx, seed)
	if err != nil {
		return err
	}
	return d.dir.Update(ctx, core.Operator(), apply)
}

// PrepareSeed is Seed as part of a larger transaction: it returns the function to
// run inside it.
func (d *Dialect) PrepareSeed(_ context.Context, seed Seed) (apply func(*core.Tx) error, err error) {
	for i, t := range seed.Tokens {
		switch {
		case t.Name == "":
			return nil, fmt.Errorf("scim.tokens[%d].name: a token needs the name of its connection", i)
		case len(t.Token) < minTokenLength:
			return nil, fmt.Errorf("scim.tokens[%d].token: a token has at least %d characters", i, minTokenLength)
		case t.Groups != "" && t.Groups != AllGroups:
			return nil, fmt.Errorf("scim.tokens[%d].groups: it is %q or left out", i, AllGroups)
		case t.Realm.Reserved():
			return nil, fmt.Errorf("scim.tokens[%d].realm: this realm is not a customer's", i)
		}
	}
	return func(tx *core.Tx) error {
		for _, t := range seed.Tokens {
			t := Token{Name: t.Name, Realm: cmp.Or(t.Realm, core.MainRealm), Write: t.Write, AllGroups: t.Groups == AllGroups, Digest: Digest(t.Token)}
			add := func() error { return AddToken(tx, t) }
			if err := tx.SeedOnce(add, Name, "token", t.Digest); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// FirstAccess returns a seed with a token for the first administrator, and what to
// print about it.
func FirstAccess(a dialects.Administrator) (Seed, dialects.FirstAccess) {
	token := a.NewKey(tokenAlphabet, tokenLength)
	return Seed{Tokens: []SeedToken{{Name: "first", Token: token, Write: true}}}, dialects.FirstAccess{
		Secrets: []dialects.Secret{{Name: "SCIM token", Value: token}},
		Curl:    fmt.Sprintf("curl -H 'Authorization: Bearer %s' %s/scim/v2/Users", token, a.BaseURL),
	}
}
