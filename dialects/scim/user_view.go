package scim

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/userload"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// loadUsers returns the users as resources. The groups are read only if they are wanted.
func (c *call) loadUsers(tx *core.Tx, users []*core.User, groups bool) ([]schema.Resource, error) {
	var loaded *userload.Groups
	if groups {
		var err error
		var kinds []userload.Kind
		for _, name := range c.groupKinds() {
			kinds = append(kinds, userload.Kind{Name: name})
		}
		if loaded, err = userload.Load(tx, users, kinds...); err != nil {
			return nil, err
		}
	}
	resources := make([]schema.Resource, 0, len(users))
	for _, u := range users {
		r, err := c.userResource(u, tx.Now())
		if err != nil {
			return nil, err
		}
		if groups {
			var of []*core.Group
			for _, kind := range c.groupKinds() {
				of = append(of, loaded.Of(u.ID, kind)...)
			}
			addGroups(c, r, of)
		}
		resources = append(resources, r)
	}
	return resources, nil
}

func (c *call) loadUser(tx *core.Tx, u *core.User, groups bool) (schema.Resource, error) {
	all, err := c.loadUsers(tx, []*core.User{u}, groups)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// userResource returns what SCIM shows of a user, but for the groups.
func (c *call) userResource(u *core.User, now time.Time) (schema.Resource, error) {
	f, err := facetOf(u)
	if err != nil {
		return nil, err
	}
	r := f.attrs.Clone()
	r[schema.ID] = wire.String(u.UID)
	r[attrUserName] = wire.String(u.Username)
	setText(r, schema.ExternalID, f.externalID(c.token.Name))
	setObject(r, attrName, f.name(u))
	setList(r, attrEmails, f.emails(u))
	if !f.activeRemoved {
		r[attrActive] = wire.Bool(u.Active(now))
	}
	setObject(r, urnCustom, c.customOf(u.Attributes))
	schemas := wire.Array(wire.String(urnUser))
	for _, s := range c.types.users.Extensions {
		if _, ok := r[s.URN]; ok {
			schemas.Append(wire.String(s.URN))
		}
	}
	r[schema.Schemas] = schemas
	r[schema.Meta] = meta("User", u.CreatedAt, u.UpdatedAt, c.base()+userPath(u.UID), version(u.Revision))
	return r, nil
}

func userPath(uid string) string { return "/Users/" + url.PathEscape(uid) }

// version is the ETag of a revision.
func version(revision int64) string { return `W/"` + strconv.FormatInt(revision, 10) + `"` }

func meta(kind string, created, modified time.Time, location, version string) wire.Value {
	return wire.Object(
		wire.Member{Name: "resourceType", Value: wire.String(kind)},
		wire.Member{Name: "created", Value: timeValue(created)},
		wire.Member{Name: "lastModified", Value: timeValue(modified)},
		wire.Member{Name: "location", Value: wire.String(location)},
		wire.Member{Name: "version", Value: wire.String(version)},
	)
}

func timeValue(t time.Time) wire.Value {
	return wire.String(string(wire.AppendTime(nil, t, wire.MicrosZ)))
}

func setText(r schema.Resource, key, text string) {
	if text != "" {
		r[key] = wire.String(text)
	}
}

func setObject(r schema.Resource, key string, v wire.Value) {
	if v.Len() > 0 {
		r[key] = v
	} else {
		delete(r, key)
	}
}

func setList(r schema.Resource, key string, items []wire.Value) {
	if len(items) > 0 {
		r[key] = wire.Array(items...)
	} else {
		delete(r, key)
	}
}

// name returns the core's parts of the name, then SCIM's own. The whole name is
// derived for a user whom SCIM did not name.
func (f *facet) name(u *core.User) wire.Value {
	formatted := u.Name.Formatted
	if formatted == "" && !f.named {
		formatted = u.Name.Full()
	}
	v := wire.Object()
	for _, m := range []struct{ name, text string }{{"formatted", formatted}, {"familyName", u.Name.Family}, {"givenName", u.Name.Given}} {
		if m.text != "" {
			v.Set(m.name, wire.String(m.text))
		}
	}
	own := f.attrs[attrName]
	for _, m := range own.Members() {
		if !v.Has(m.Name) {
			v.Set(m.Name, m.Value)
		}
	}
	return v
}

// emails returns the list that SCIM said, in which the core's address stands in place
// of the one that came from the list; without a list, the core's address alone.
func (f *facet) emails(u *core.User) []wire.Value {
	items := f.attrs[attrEmails].Items()
	if u.Email == f.email {
		return items
	}
	shown := make([]wire.Value, 0, len(items)+1)
	placed := u.Email == ""
	for _, item := range items {
		switch isSource := f.email != "" && schema.ValueOf(item) == f.email; {
		case isSource && u.Email == "":
			continue
		case isSource && !placed:
			item, placed = withValue(item, u.Email), true
		}
		shown = append(shown, item)
	}
	if placed {
		return shown
	}
	added := wire.Object(wire.Member{Name: "value", Value: wire.String(u.Email)}, wire.Member{Name: "type", Value: wire.String("work")})
	if !slices.ContainsFunc(shown, isPrimary) {
		added.Set("primary", wire.Bool(true))
	}
	return append(shown, added)
}

func isPrimary(item wire.Value) bool {
	v, _ := item.Get("primary")
	primary, _ := v.Bool()
	return primary
}

// withValue returns the object with another value.
func withValue(item wire.Value, value string) wire.Value {
	c := wire.Object()
	for _, m := range item.Members() {
		if m.Name == "value" {
			m.Value = wire.String(value)
		}
		c.Set(m.Name, m.Value)
	}
	return c
}

// addGroups shows the groups of a user.
func addGroups(c *call, r schema.Resource, groups []*core.Group) {
	items := make([]wire.Value, 0, len(groups))
	for _, g := range groups {
		id := g.UID
		if g.Kind != kindGroup {
			id = foreignID(g)
		}
		items = append(items, wire.Object(
			wire.Member{Name: "value", Value: wire.String(id)},
			wire.Member{Name: "$ref", Value: wire.String(c.base() + groupPath(id))},
			wire.Member{Name: "display", Value: wire.String(g.Name)},
			wire.Member{Name: "type", Value: wire.String("direct")},
		))
	}
	setList(r, attrGroups, items)
}

func groupPath(uid string) string { return "/Groups/" + url.PathEscape(uid) }

// customOf shows the customer's own attributes: those with a name and a value that
// SCIM can carry under their names, others as JSON text.
func (c *call) customOf(attributes core.Attributes) wire.Value {
	v, other := wire.Object(), wire.Array()
	seen := map[string]bool{attrOther: true, schema.Schemas: true}
	for _, a := range attributes {
		value, err := wire.ParseJSON([]byte(a.Value), wire.Limits{Values: maxValues})
		if folded := strings.ToLower(a.Name); err == nil && !seen[folded] && c.carries(a.Name, value) {
			seen[folded] = true
			v.Set(a.Name, value)
			continue
		}
		other.Append(wire.Object(
			wire.Member{Name: "name", Value: wire.String(a.Name)}, wire.Member{Name: "json", Value: wire.String(a.Value)}))
	}
	if other.Len() > 0 {
		v.Set(attrOther, other)
	}
	return v
}

// carries reports whether SCIM can show an attribute under its name: as what is
// declared, or else as a scalar or a list of them.
func (c *call) carries(name string, value wire.Value) bool {
	target, ok := c.types.users.Resolve(urnCustom + ":" + name)
	if !ok || target.Sub != nil {
		return false
	}
	return target.Attr.Carries(value)
}

// ViewUser implements [dialects.UserViewer].
func (d *Dialect) ViewUser(r *http.Request, realm string, id int64) ([]dialects.UserAnswer, error) {
	w := new(wire.Recorder)
	c := &call{d: d, w: w, method: http.MethodGet, token: &Token{Realm: core.Realm(realm)}}
	var shown schema.Resource
	var path string
	err := d.dir.View(r.Context(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(core.Realm(realm), id))
		if err != nil {
			return err
		}
		path = "/scim/v2" + userPath(u.UID)
		c.r = wire.InnerGet(r, path)
		if c.types, err = d.typesOf(tx, u.Realm); err == nil {
			shown, err = c.loadUser(tx, u, true)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p, err := c.types.users.Projection(nil, nil)
	if err != nil {
		return nil, err
	}
	c.write(c.resourceReply(http.StatusOK, c.types.users, shown, p))
	return []dialects.UserAnswer{{
		Title: "SCIM", Path: path, Credentials: "-H 'Authorization: Bearer TOKEN'", ContentType: w.Header().Get("Content-Type"), Body: w.Body.String(),
	}}, nil
}
