package scim

import (
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// Importer makes users and groups of what another SCIM server shows. Their ids, dates
// and versions stay, so that clients of that server can go on here.
type Importer struct {
	edit   userEdit
	groups *schema.ResourceType
	emails map[string]bool // folded: those of users before
}

// NewImporter returns an importer whose externalIds belong to the connection.
func NewImporter(connection string) *Importer {
	im := &Importer{groups: groupType(), emails: map[string]bool{}}
	im.edit = userEdit{t: userType(nil), connection: connection, isFree: func(email string) (bool, error) {
		taken := im.emails[core.Fold(email)]
		im.emails[core.Fold(email)] = true
		return !taken, nil
	}}
	return im
}

// User makes a user without a number, a realm and a password. It fails if the value
// is not a SCIM user.
func (im *Importer) User(v wire.Value) (*core.User, error) {
	want, err := im.edit.t.Read(v)
	if err != nil {
		return nil, err
	}
	if _, ok := want[attrActive]; !ok {
		want[attrActive] = wire.Bool(true)
	}
	delete(want, attrPassword)
	u := &core.User{UID: textOf(v, schema.ID), Revision: revisionOf(v)}
	u.CreatedAt, u.UpdatedAt = timesOf(v)
	if err := im.edit.apply(u, schema.Resource{}, want); err != nil {
		return nil, err
	}
	im.addUnknown(u, v)
	return u, nil
}

// addUnknown keeps what no table names as attributes: what this dialect shows as
// "other", and the extensions of other servers.
func (im *Importer) addUnknown(u *core.User, v wire.Value) {
	for _, m := range v.Members() {
		if strings.EqualFold(m.Name, urnCustom) {
			other, _ := m.Value.Get(attrOther)
			for _, item := range other.Items() {
				if name := textOf(item, "name"); name != "" {
					u.Attributes.Set(name, textOf(item, "json"))
				}
			}
			continue
		}
		if _, known := im.edit.t.Resolve(m.Name); known || !strings.HasPrefix(strings.ToLower(m.Name), "urn:") {
			continue
		}
		for _, a := range m.Value.Members() {
			u.Attributes.Set(m.Name+":"+a.Name, string(a.Value.JSON()))
		}
	}
}

// ImportedGroup is a group of another server.
type ImportedGroup struct {
	Group *core.Group
	// Records are to be stored with it.
	Records []*core.Record
	// Members are the ids of its members.
	Members []string
	// Nested counts the members that are groups, which are left out.
	Nested int
}

// Group makes a group without a number and a realm. It fails if the value is not a SCIM
// group.
func (im *Importer) Group(v wire.Value) (*ImportedGroup, error) {
	r, err := im.groups.Read(v)
	if err != nil {
		return nil, err
	}
	name, id, connection := r[attrDisplayName].Text(), r[schema.ExternalID].Text(), im.edit.connection
	b := groupBody{version: revisionOf(v), external: withExternalID(wire.Object(), connection, id)}
	g := &ImportedGroup{Group: &core.Group{
		Kind: kindGroup, UID: textOf(v, schema.ID), Name: name, Key: core.Fold(name), Body: b.document(),
	}}
	g.Group.CreatedAt, g.Group.UpdatedAt = timesOf(v)
	if id != "" {
		g.Records = append(g.Records, groupIndex(g.Group, connection, id))
	}
	for _, item := range r[attrMembers].Items() {
		if strings.EqualFold(textOf(item, "type"), "Group") {
			g.Nested++
			continue
		}
		g.Members = append(g.Members, schema.ValueOf(item))
	}
	return g, nil
}

func textOf(v wire.Value, name string) string {
	m, _ := v.Get(name)
	text, _ := m.Str()
	return text
}

// revisionOf reads the version of a resource if it is a number, as this dialect's is;
// any other counts as the first.
func revisionOf(v wire.Value) int64 {
	meta, _ := v.Get(schema.Meta)
	text := strings.Trim(strings.TrimPrefix(textOf(meta, "version"), "W/"), `"`)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		return n
	}
	return 1
}

// timesOf reads when a resource was made and changed; zero if it does not say.
func timesOf(v wire.Value) (created, updated time.Time) {
	meta, _ := v.Get(schema.Meta)
	created, _ = schema.ParseTime(textOf(meta, "created"))
	updated, _ = schema.ParseTime(textOf(meta, "lastModified"))
	if updated.Before(created) {
		updated = created
	}
	return created, updated
}
