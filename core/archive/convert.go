package archive

import (
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

func userLine(u *core.User) *User {
	enabled := u.Enabled
	line := &User{
		Realm: u.Realm, ID: u.ID, UID: u.UID, Username: u.Username, Email: u.Email,
		Name: u.Name.Formatted, GivenName: u.Name.Given, FamilyName: u.Name.Family,
		PasswordHash: u.Password, Enabled: &enabled, EnabledUntil: u.EnabledUntil,
		CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt, PasswordChangedAt: u.PasswordChangedAt, DeletedAt: u.DeletedAt,
		Revision: u.Revision, Attributes: attributes(u.Attributes),
	}
	for _, h := range u.Handles {
		line.Handles = append(line.Handles, Handle(h))
	}
	for _, f := range u.Facets {
		line.Facets = append(line.Facets, Facet{f.Dialect, documentOf(f.Doc)})
	}
	return line
}

// core returns the user of the line, in the realm if the line names none.
func (l *User) core(realm core.Realm) *core.User {
	u := &core.User{
		Realm: or(l.Realm, realm), ID: l.ID, UID: l.UID, Username: l.Username, Email: l.Email,
		Name:     core.Name{Formatted: l.Name, Given: l.GivenName, Family: l.FamilyName},
		Password: l.PasswordHash, Enabled: l.Enabled == nil || *l.Enabled, EnabledUntil: moment(l.EnabledUntil),
		CreatedAt: moment(l.CreatedAt), UpdatedAt: moment(l.UpdatedAt),
		PasswordChangedAt: moment(l.PasswordChangedAt), DeletedAt: moment(l.DeletedAt),
		Revision: l.Revision, Attributes: core.Attributes(l.Attributes),
	}
	for _, h := range l.Handles {
		u.Handles = append(u.Handles, core.Handle(h))
	}
	for _, f := range l.Facets {
		u.Facets = append(u.Facets, core.Facet{Dialect: f.Dialect, Doc: f.Document.core()})
	}
	return u
}

// names returns the user of the line with nothing but its numbers and names.
func (l *User) names(realm core.Realm) *core.User {
	u := &core.User{Realm: or(l.Realm, realm), ID: l.ID, UID: l.UID, Username: l.Username, Email: l.Email}
	for _, h := range l.Handles {
		u.Handles = append(u.Handles, core.Handle(h))
	}
	return u
}

func groupLine(g *core.Group) *Group {
	return &Group{
		Realm: g.Realm, Kind: g.Kind, ID: g.ID, UID: g.UID, Key: g.Key, Parent: g.Parent, Name: g.Name,
		CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt, Document: documentOf(g.Body),
	}
}

func (l *Group) core(realm core.Realm) *core.Group {
	return &core.Group{
		Realm: or(l.Realm, realm), Kind: l.Kind, ID: l.ID, UID: l.UID, Key: l.Key, Parent: l.Parent, Name: l.Name,
		CreatedAt: moment(l.CreatedAt), UpdatedAt: moment(l.UpdatedAt), Body: l.Document.core(),
	}
}

func recordLine(r *core.Record) *Record {
	return &Record{
		Realm: r.Realm, Kind: r.Kind, ID: r.ID, Key: r.Key, Owner: r.Owner, Revision: r.Revision,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Document: documentOf(r.Body),
	}
}

func (l *Record) core(realm core.Realm) *core.Record {
	return &core.Record{
		Realm: or(l.Realm, realm), Kind: l.Kind, ID: l.ID, Key: l.Key, Owner: l.Owner, Revision: l.Revision,
		CreatedAt: moment(l.CreatedAt), UpdatedAt: moment(l.UpdatedAt), Body: l.Document.core(),
	}
}

func membershipLine(m core.Membership) *Membership {
	return &Membership{Realm: m.Realm, Kind: m.Kind, ID: m.ID, User: m.User, Group: m.Group}
}

func (l *Membership) core(realm core.Realm) core.Membership {
	return core.Membership{Realm: or(l.Realm, realm), Kind: l.Kind, ID: l.ID, User: l.User, Group: l.Group}
}

// moment returns a time as stores keep it.
func moment(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

func or(realm, standard core.Realm) core.Realm {
	if realm == "" {
		return standard
	}
	return realm
}
