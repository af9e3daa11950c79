package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/goccy/go-yaml"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/onapp"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// seedFile is what --seed reads. All of it is optional; an unknown key is an error.
type seedFile struct {
	Realms   []seedRealm   `yaml:"realms"`
	Users    []seedUser    `yaml:"users"`
	Syncano  syncano.Seed  `yaml:"syncano"`
	EContext econtext.Seed `yaml:"econtext"`
	OnApp    onapp.Seed    `yaml:"onapp"`

	path string
	text []byte
	// first is whose seed it is, if it is not a file: that of an empty store's
	// administrator, planted where there is nobody, and shown.
	first *first
}

type seedRealm struct {
	Name core.Realm `yaml:"name"`
}

// seedUser is one person. A password is hashed; a password_hash, of any scheme
// that core/passwd knows, is kept as it is.
type seedUser struct {
	Realm        core.Realm `yaml:"realm"`
	Username     string     `yaml:"username"`
	Email        string     `yaml:"email"`
	Password     string     `yaml:"password"`
	PasswordHash string     `yaml:"password_hash"`
	GivenName    string     `yaml:"given_name"`
	FamilyName   string     `yaml:"family_name"`
}

// readSeed reads and checks the file; no file is no seed.
func (c *serveCmd) readSeed() (*seedFile, error) {
	if c.Seed == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Seed)
	if err != nil {
		return nil, fmt.Errorf("cannot read the seed: %w", err)
	}
	f, err := parseSeed(c.Seed, text)
	if err != nil {
		return nil, err
	}
	return f, f.agree(c)
}

// parseSeed reads the text of the file called path. All realms that the users
// are in have to be listed, but for main.
func parseSeed(path string, text []byte) (*seedFile, error) {
	f := &seedFile{path: path, text: text}
	if len(bytes.TrimSpace(text)) == 0 {
		return f, nil
	}
	if err := yaml.UnmarshalWithOptions(text, f, yaml.Strict()); err != nil {
		return nil, yamlError(path, err)
	}
	return f, f.check()
}

// check finds what can be known to be wrong before anything is written.
func (f *seedFile) check() error {
	realms := map[core.Realm]bool{core.MainRealm: true}
	for i, r := range f.Realms {
		if r.Name == "" || r.Name.Reserved() {
			return f.wrong(fmt.Sprintf("$.realms[%d].name", i), "a realm needs a name without a colon")
		}
		realms[r.Name] = true
	}
	for i := range f.Users {
		u := &f.Users[i]
		if u.Realm == "" {
			u.Realm = core.MainRealm
		}
		at, word := u.fault(realms)
		if word != "" {
			return f.wrong(fmt.Sprintf("$.users[%d].%s", i, at), word)
		}
	}
	return nil
}

// agree refuses a seed for other realms than the dialects were told to show:
// the next start, without the seed, would show other people than this one.
func (f *seedFile) agree(c *serveCmd) error {
	for _, said := range []struct{ at, seed, flag, value string }{
		{"$.econtext.realm", f.EContext.Realm, "econtext-realm", c.EContext.Realm},
		{"$.econtext.application_id", f.EContext.ApplicationID, "econtext-application-id", c.EContext.ApplicationID},
		{"$.onapp.realm", string(f.OnApp.Realm), "onapp-realm", c.OnApp.Realm},
	} {
		if said.seed != "" && said.seed != said.value {
			return f.wrong(said.at, fmt.Sprintf("this is %q here and %q in --%s", said.seed, said.value, said.flag))
		}
	}
	return nil
}

// fault says which key of the user is wrong, and why.
func (u *seedUser) fault(realms map[core.Realm]bool) (key, why string) {
	switch {
	case u.Username == "":
		return "username", "a user needs a username"
	case !realms[u.Realm]:
		return "realm", fmt.Sprintf("the realm %q is not listed under realms", u.Realm)
	case u.Password != "" && u.PasswordHash != "":
		return "password_hash", "a user has a password or a password_hash, not both"
	case u.PasswordHash != "" && !passwd.Known(u.PasswordHash):
		return "password_hash", "this is no hash that can be verified"
	}
	return "", ""
}

// wrong is an error that names the file and the line of the path, or of the
// nearest thing above it that is there.
func (f *seedFile) wrong(at, why string) error {
	if line := f.line(at); line > 0 {
		return fmt.Errorf("%s:%d: %s", f.path, line, why)
	}
	return fmt.Errorf("%s: %s", f.path, why)
}

func (f *seedFile) line(at string) int {
	for at != "$" && at != "" {
		if p, err := yaml.PathString(at); err == nil {
			if node, err := p.ReadNode(bytes.NewReader(f.text)); err == nil {
				return node.GetToken().Position.Line
			}
		}
		at = parent(at)
	}
	return 0
}

// parent cuts the last step off a path: $.a[1].b, $.a[1], $.a, $.
func parent(at string) string {
	return at[:max(bytes.LastIndexAny([]byte(at), ".["), 0)]
}
