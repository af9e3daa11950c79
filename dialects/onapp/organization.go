package onapp

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindOrganization is the name of organizations in errors.
const kindOrganization = "onapp.organization"

var nounOrganization = noun{"organization", "organizations"}

// organizationRoutes: see REFERENCE.md, "Organizations". An organization is a user group that was
// created as one, and has its ID and its users.
var organizationRoutes = []route{
	{"GET", "/organizations", "organizations.list", listOrganizations},
	{"POST", "/organizations", "organizations.create", createOrganization},
	{"GET", "/organizations/:id", "organizations.show", getOrganization},
	{"PUT", "/organizations/:id", "organizations.update", updateOrganization},
	{"DELETE", "/organizations/:id", "organizations.delete", deleteOrganization},
	{"GET", "/organizations/:id/users", "organizations.users", listOrganizationUsers},
}

// organizationBody is the part of a user group's document that makes it an organization.
type organizationBody struct {
	Values scalars `json:"values,omitempty"` // what clients set besides the label
}

// fixedOrganizationKeys are set by the panel, or kept elsewhere.
var fixedOrganizationKeys = []string{
	"created_at", "id", "identifier", string(fieldLabel), "updated_at", "user_group_id",
}

// organizationView is what is shown of an organization.
type organizationView struct {
	group *core.Group
	*userGroupBody
}

func organizationViewOf(g *core.Group) (v organizationView, isOne bool, err error) {
	body, err := decodeBody[userGroupBody](g.Body)
	if err != nil {
		return v, false, err
	}
	return organizationView{g, body}, body.Organization != nil, nil
}

func writeOrganization(e stream, v organizationView) {
	e.Time("created_at", v.group.CreatedAt)
	e.Int("id", v.group.ID)
	e.Str("identifier", v.Identifier)
	e.Str(string(fieldLabel), v.group.Name)
	e.Time("updated_at", v.group.UpdatedAt)
	e.Int("user_group_id", v.group.ID)
	values := v.Organization.Values
	for _, name := range slices.Sorted(maps.Keys(values)) {
		writeScalar(e, name, string(values[name]))
	}
}

// targetOrganization reads the organization that the path names and refuses a caller who lacks the
// right.
func (c *call) targetOrganization(tx *core.Tx, a access) (organizationView, error) {
	g, err := tx.Group(core.GroupRef{Realm: c.d.cfg.Realm, Kind: kindUserGroup, ID: c.id("id")})
	missing := &core.Error{Kind: core.NotFound, Subject: kindOrganization}
	switch {
	case core.KindOf(err) == core.NotFound:
		return organizationView{}, missing
	case err != nil:
		return organizationView{}, err
	}
	v, isOne, err := organizationViewOf(g)
	if err == nil && !isOne {
		err = missing
	}
	if err == nil {
		err = require(c.mayAll(a))
	}
	return v, err
}

func listOrganizations(c *call) (reply, error) {
	if err := require(c.mayAll(mayReadGroups) || c.mayAll(mayListGroups)); err != nil {
		return reply{}, err
	}
	var all []organizationView
	err := c.view(func(tx *core.Tx) error {
		all = nil
		groups, err := tx.Groups(core.GroupQuery{Realm: c.d.cfg.Realm, Kind: kindUserGroup})
		if err != nil {
			return err
		}
		for _, g := range groups {
			v, isOne, err := organizationViewOf(g)
			if err != nil {
				return err
			}
			if isOne {
				all = append(all, v)
			}
		}
		return nil
	})
	p := c.readPage()
	return showList(nounOrganization, cut(p, all), p, writeOrganization), err
}

func getOrganization(c *call) (reply, error) {
	var v organizationView
	err := c.view(func(tx *core.Tx) (err error) {
		v, err = c.targetOrganization(tx, mayReadGroups)
		return err
	})
	return showObject(nounOrganization, v, writeOrganization), err
}

func listOrganizationUsers(c *call) (reply, error) {
	err := c.view(func(tx *core.Tx) error {
		_, err := c.targetOrganization(tx, mayReadUsers)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return listGroupUsers(c)
}

// applyOrganization changes group and document as the request says and stores them. Clients name
// the label label or name.
func applyOrganization(tx *core.Tx, g *core.Group, body userGroupBody, v wire.Value) error {
	var faults faultList
	label := textField(v, string(fieldLabel))
	if !label.Present() && g.ID == 0 {
		label = textField(v, "name")
	}
	if label.Present() || g.ID == 0 {
		if g.Name = strings.TrimSpace(label.Or("")); g.Name == "" {
			faults.add(fieldLabel, core.NotBlank, 0)
		}
		faults.length(fieldLabel, label, maxText)
	}
	organization := organizationBody{}
	if body.Organization != nil {
		organization = *body.Organization
	}
	faults = append(faults, organization.set(v)...)
	if len(faults) > 0 {
		return core.NewInvalid(faults...)
	}
	body.Version, body.Organization = 1, &organization
	g.Body = encodeBody(body)
	return tx.SaveGroup(g)
}

// set keeps the other attributes as given, but for secrets, which must not be shown. Text stays text,
// unless it is an ID.
func (o *organizationBody) set(v wire.Value) (faults faultList) {
	if o.Values = maps.Clone(o.Values); o.Values == nil {
		o.Values = scalars{}
	}
	for _, m := range v.Members() {
		if !isScalar(m.Value) || !isPlainName(m.Name) || isSecretName(m.Name) ||
			slices.Contains(fixedOrganizationKeys, m.Name) {
			continue
		}
		text, ok := scalarText(m.Value)
		if !ok {
			faults.add(core.Field(m.Name), core.Malformed, 0)
			continue
		}
		if m.Value.Kind() == wire.KindString && !strings.HasSuffix(m.Name, "_id") {
			text = json.RawMessage(wire.String(m.Value.Text()).JSON())
		}
		o.Values[m.Name] = text
	}
	if len(o.Values) > maxScalars {
		faults = append(faults, baseFault(messageTooManyItems))
	}
	return faults
}

func isSecretName(name string) bool {
	return strings.Contains(name, "password") || strings.Contains(name, "secret") || strings.Contains(name, "token") ||
		strings.HasSuffix(name, "key")
}

func createOrganization(c *call) (reply, error) {
	if err := require(c.mayAll(mayCreateGroups)); err != nil {
		return reply{}, err
	}
	var added organizationView
	err := c.update(func(tx *core.Tx) error {
		g := &core.Group{Realm: c.d.cfg.Realm, Kind: kindUserGroup}
		body := userGroupBody{Identifier: tx.Directory().NewKey(identifierAlphabet, identifierLength)}
		err := applyOrganization(tx, g, body, c.resource(nounOrganization.one))
		if err == nil {
			added, _, err = organizationViewOf(g)
		}
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return showCreated(nounOrganization, "/organizations", added.group.ID, added, writeOrganization), nil
}

func updateOrganization(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		v, err := c.targetOrganization(tx, mayUpdateGroups)
		if err != nil {
			return err
		}
		return applyOrganization(tx, v.group, *v.userGroupBody, c.resource(nounOrganization.one))
	})
	return c.d.done(), err
}

// deleteOrganization removes its user group too.
func deleteOrganization(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		v, err := c.targetOrganization(tx, mayDeleteGroups)
		if err != nil {
			return err
		}
		return tx.RemoveGroup(v.group)
	})
	return c.d.done(), err
}
