package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

//go:embed seed.yaml credentials.json openapi.json
var files embed.FS

// DevelopmentSeed returns what a sandbox begins with unless it is told otherwise. Its
// keys and passwords are published: it is for tests only.
func DevelopmentSeed() string { return embedded("seed.yaml") }

// embedded returns a file of this package; a test reads them all.
func embedded(name string) string {
	text, _ := files.ReadFile(name)
	return string(text)
}

// Credentials let a client in, by dialect.
type Credentials struct {
	Users   []Login       `json:"users,omitempty" yaml:"users"`
	Syncano SyncanoAccess `json:"syncano,omitzero" yaml:"syncano"`
	OnApp   OnAppAccess   `json:"onapp,omitzero" yaml:"onapp"`
	SCIM    SCIMAccess    `json:"scim,omitzero" yaml:"scim"`
}

// Login is a user's name and password, the same in every dialect.
type Login struct {
	Username string `json:"username" yaml:"username"`
	Password string `json:"password,omitempty" yaml:"password"`
}

// SyncanoAccess are keys of accounts and of instances.
type SyncanoAccess struct {
	Accounts []struct {
		Email string `json:"email" yaml:"email"`
		Key   string `json:"account_key" yaml:"account_key"`
	} `json:"accounts,omitempty" yaml:"accounts"`
	Instances []struct {
		Name string `json:"name" yaml:"name"`
		Keys []struct {
			Key string `json:"key" yaml:"key"`
		} `json:"api_keys,omitempty" yaml:"api_keys"`
	} `json:"instances,omitempty" yaml:"instances"`
}

// OnAppAccess are keys of administrators.
type OnAppAccess struct {
	Administrators []struct {
		Username string `json:"username" yaml:"username"`
		Key      string `json:"api_key" yaml:"api_key"`
	} `json:"administrators,omitempty" yaml:"administrators"`
}

// SCIMAccess are tokens of identity providers.
type SCIMAccess struct {
	Tokens []struct {
		Name  string `json:"name" yaml:"name"`
		Token string `json:"token" yaml:"token"`
	} `json:"tokens,omitempty" yaml:"tokens"`
}

// CredentialsOf returns the credentials of a seed, "" for that of [DevelopmentSeed]. Of a
// text that is not a seed it returns what it can read.
func CredentialsOf(seed string) *Credentials {
	if seed == "" {
		seed = DevelopmentSeed()
	}
	access := content{seed: seed}.credentials()
	return &access
}

// Commands are curl commands that read users, one for each dialect that has credentials.
func (c *Credentials) Commands(base string) (list []string) {
	for _, i := range c.Syncano.Instances {
		if len(i.Keys) > 0 && len(list) == 0 {
			list = append(list, fmt.Sprintf("curl -H 'X-API-KEY: %s' %s/v1.1/instances/%s/users/", i.Keys[0].Key, base, i.Name))
		}
	}
	if len(c.Users) > 0 && c.Users[0].Password != "" {
		login := c.Users[0].Username + ":" + c.Users[0].Password
		list = append(list, fmt.Sprintf("curl -u '%s' %s/api/users", login, base), fmt.Sprintf("curl -u '%s' '%s/users.json?short'", login, base))
	}
	if len(c.SCIM.Tokens) > 0 {
		list = append(list, fmt.Sprintf("curl -H 'Authorization: Bearer %s' %s/scim/v2/Users", c.SCIM.Tokens[0].Token, base))
	}
	return list
}

// content is what a sandbox begins with: a seed, and an archive before it.
type content struct {
	seed, archive string
}

// key names the content among those that were prepared.
func (c content) key() string {
	sum := sha256.Sum256([]byte(c.seed + "\x00" + c.archive))
	return hex.EncodeToString(sum[:])
}

// credentials are those of the seed; an archive has only hashes.
func (c content) credentials() (all Credentials) {
	if c.seed == DevelopmentSeed() { // every start waits for these, and YAML takes ten times as long
		_ = json.Unmarshal([]byte(embedded("credentials.json")), &all) // a test reads it
		return all
	}
	_ = yaml.Unmarshal([]byte(c.seed), &all) // checked when it was applied
	return all
}

// apply fills an empty gateway.
func (c content) apply(ctx context.Context, g *opened, rows []*gateway.Row) error {
	if c.archive != "" {
		if err := importArchive(ctx, g, c.archive); err != nil {
			return invalid("archive", err.Error())
		}
	}
	seed, err := gateway.ParseSeed("seed", []byte(c.seed), rows)
	if err == nil {
		err = g.ApplySeed(ctx, seed)
	}
	if err != nil {
		return invalid("seed", err.Error())
	}
	return g.ProvisionExisting(ctx)
}

func importArchive(ctx context.Context, g *opened, text string) error {
	open := func() (archive.Source, error) { return archive.NewReader(strings.NewReader(text)) }
	if err := archive.Verify(strings.NewReader(text)); err != nil {
		return err
	}
	var first error
	opts := archive.ImportOptions{KeepNames: true, Files: g.archive, WithoutFiles: g.archive == nil, Batch: 500, Report: func(o archive.Outcome) error {
		if o.Verdict == archive.Refused && first == nil {
			first = fmt.Errorf("line %d: %s", o.Row, o.Reason)
		}
		return nil
	}}
	_, err := archive.NewImporter(g.Directory(), opts).Run(ctx, open)
	if err == nil {
		err = first
	}
	return err
}

func exportArchive(ctx context.Context, g *opened) (string, error) {
	var out bytes.Buffer
	open := func() (io.Writer, error) { out.Reset(); return &out, nil }
	_, err := archive.Export(ctx, g.Directory(), open, archive.ExportOptions{Files: g.archive})
	return out.String(), err
}
