package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Seed is the content of a seed file. Every key is optional; an unknown key is an
// error.
type Seed struct {
	realms   []seedRealm
	users    []seedUser
	sections map[string]any // by dialect: a pointer to its section

	path string
	text []byte
	// empty are realms that must have no users, and last ends the transaction; both
	// are for the first administrator, who is not in a file.
	empty []core.Realm
	last  func() error
}

type seedRealm struct {
	Name core.Realm `yaml:"name"`
}

// seedUser is one user. A Password is hashed; a PasswordHash, of any scheme that
// core/passwd knows, is stored unchanged.
type seedUser struct {
	Realm        core.Realm `yaml:"realm"`
	Username     string     `yaml:"username"`
	Email        string     `yaml:"email"`
	Password     string     `yaml:"password"`
	PasswordHash string     `yaml:"password_hash"`
	GivenName    string     `yaml:"given_name"`
	FamilyName   string     `yaml:"family_name"`
}

// ParseSeed parses the text of a seed file; path is its name in errors. All realms of
// users except main must be listed.
func ParseSeed(path string, text []byte, rows []*Row) (*Seed, error) {
	doc := seedDocument(rows)
	if len(bytes.TrimSpace(text)) > 0 {
		if err := yaml.UnmarshalWithOptions(text, doc.Addr().Interface(), yaml.Strict()); err != nil {
			return nil, &Error{BadSeed, YAMLError(path, err)}
		}
	}
	f := &Seed{
		realms: doc.Field(0).Interface().([]seedRealm), users: doc.Field(1).Interface().([]seedUser),
		sections: map[string]any{}, path: path, text: text,
	}
	for i, r := range rows {
		f.sections[r.Name] = doc.Field(i + 2).Addr().Interface()
	}
	return f, f.check(rows)
}

// seedDocument returns a struct with the keys of a seed file: realms, users and
// one section for each dialect.
func seedDocument(rows []*Row) reflect.Value {
	fields := []reflect.StructField{
		{Name: "Realms", Type: reflect.TypeFor[[]seedRealm](), Tag: `yaml:"realms"`},
		{Name: "Users", Type: reflect.TypeFor[[]seedUser](), Tag: `yaml:"users"`},
	}
	for _, r := range rows {
		fields = append(fields, reflect.StructField{
			Name: "Section_" + r.Name, Type: r.sectionType, Tag: reflect.StructTag(fmt.Sprintf("yaml:%q", r.Name)),
		})
	}
	return reflect.New(reflect.StructOf(fields)).Elem()
}

// check finds the errors that need no store.
func (f *Seed) check(rows []*Row) error {
	if err := f.checkUsers(); err != nil {
		return &Error{BadSeed, err}
	}
	if err := f.checkSections(rows); err != nil {
		return &Error{BadSeed, err}
	}
	return nil
}

func (f *Seed) checkUsers() error {
	realms := map[core.Realm]bool{core.MainRealm: true}
	for i, r := range f.realms {
		if r.Name == "" || r.Name.Reserved() {
			return f.errorAt(fmt.Sprintf("$.realms[%d].name", i), "a realm needs a name without a colon")
		}
		realms[r.Name] = true
	}
	for i := range f.users {
		u := &f.users[i]
		if u.Realm == "" {
			u.Realm = core.MainRealm
		}
		if key, reason := u.invalid(realms); reason != "" {
			return f.errorAt(fmt.Sprintf("$.users[%d].%s", i, key), reason)
		}
	}
	return nil
}

// checkSections refuses sections that contradict the settings.
func (f *Seed) checkSections(rows []*Row) error {
	for _, r := range rows {
		if err := r.checkSeed(f.sections[r.Name]); err != nil {
			return f.entryError("$."+r.Name, err)
		}
	}
	return nil
}

// invalid returns the invalid key of the user and the reason; "" if there is none.
func (u *seedUser) invalid(realms map[core.Realm]bool) (key, reason string) {
	switch {
	case u.Username == "":
		return "username", "a user needs a username"
	case !realms[u.Realm]:
		return "realm", fmt.Sprintf("the realm %q is not listed under realms", u.Realm)
	case u.Password != "" && u.PasswordHash != "":
		return "password_hash", "a user has a password or a password_hash, not both"
	case u.PasswordHash != "" && !passwd.Known(u.PasswordHash):
		return "password_hash", "unknown password hash scheme"
	}
	return "", ""
}

// entryError is err with the position of the entry that it begins with, as in
// "syncano.instances[0].name: ...", or else of the path.
func (f *Seed) entryError(path string, err error) error {
	entry, reason, found := strings.Cut(err.Error(), ": ")
	if found && entryPath.MatchString(entry) {
		return f.errorAt("$."+entry, reason)
	}
	return f.errorAt(path, err.Error())
}

// errorAt returns an error with the file and the line of the path, or of its
// nearest ancestor in the file.
func (f *Seed) errorAt(path, reason string) error {
	if line := f.line(path); line > 0 {
		return fmt.Errorf("%s:%d: %s", f.path, line, reason)
	}
	return errors.New(f.path + ": " + reason)
}

func (f *Seed) line(path string) int {
	for path != "$" && path != "" {
		if p, err := yaml.PathString(path); err == nil {
			if node, err := p.ReadNode(bytes.NewReader(f.text)); err == nil {
				return node.GetToken().Position.Line
			}
		}
		path = parentPath(path)
	}
	return 0
}

// parentPath removes the last step of a path: $.a[1].b, $.a[1], $.a, $.
func parentPath(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// HoldsSecrets reports whether the file may have passwords or keys.
func (f *Seed) HoldsSecrets() bool { return len(f.text) > 0 }
