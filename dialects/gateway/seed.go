package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/dragoman-gateway/dragoman/core"
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

// ParseSeed parses the text of a seed file; path is its name in errors. All realms of
// users except main must be listed.
func ParseSeed(path string, text []byte, rows []*Row) (*Seed, error) {
	f := &Seed{sections: map[string]any{}, path: path, text: text}
	found, err := f.parse(rows)
	if err == nil {
		err = f.faults(append(found, f.checkUsers()...))
	}
	if err == nil {
		err = f.checkSections(rows)
	}
	if err != nil {
		return nil, &Error{BadSeed, err}
	}
	return f, nil
}

// parse reads the sections and the users.
func (f *Seed) parse(rows []*Row) (found []seedFault, err error) {
	rest := f.text
	block, cut := findUsers(f.text)
	if cut {
		rest = block.without(f.text)
	}
	doc := seedDocument(rows)
	if len(bytes.TrimSpace(rest)) > 0 {
		if err := yaml.UnmarshalWithOptions(rest, doc.Addr().Interface(), yaml.Strict()); err != nil {
			return nil, YAMLError(f.path, err)
		}
	}
	f.realms = doc.Field(0).Interface().([]seedRealm)
	for i, r := range rows {
		f.sections[r.Name] = doc.Field(i + 2).Addr().Interface()
	}
	switch {
	case cut:
		return f.parseUsers(block), nil
	case !doc.Field(1).IsNil():
		return f.parseWhole()
	}
	return nil, nil
}

// seedDocument returns a struct with the keys of a seed file: realms, users, which are
// read by themselves, and one section for each dialect.
func seedDocument(rows []*Row) reflect.Value {
	fields := []reflect.StructField{
		{Name: "Realms", Type: reflect.TypeFor[[]seedRealm](), Tag: `yaml:"realms"`},
		{Name: "Users", Type: reflect.TypeFor[any](), Tag: `yaml:"users"`},
	}
	for _, r := range rows {
		fields = append(fields, reflect.StructField{
			Name: "Section_" + r.Name, Type: r.sectionType, Tag: reflect.StructTag(fmt.Sprintf("yaml:%q", r.Name)),
		})
	}
	return reflect.New(reflect.StructOf(fields)).Elem()
}

func (f *Seed) checkUsers() (found []seedFault) {
	realms := map[core.Realm]bool{core.MainRealm: true}
	for i, r := range f.realms {
		if r.Name == "" || r.Name.Reserved() {
			found = append(found, seedFault{f.line(fmt.Sprintf("$.realms[%d].name", i)), "a realm needs a name without a colon"})
		}
		realms[r.Name] = true
	}
	for i := range f.users {
		u := &f.users[i]
		if u.Realm == "" {
			u.Realm = core.MainRealm
		}
		if key, reason := checkUser(u, realms); reason != "" {
			found = append(found, seedFault{u.lineOf(key), reason})
		}
	}
	return found
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
