package scim

import "github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"

// URNs of the schemas.
const (
	urnUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	urnGroup      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	urnEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	urnCustom     = "urn:ietf:params:scim:schemas:extension:dragoman:2.0:User"
)

// Names of attributes that the code handles apart.
const (
	attrUserName    = "userName"
	attrName        = "name"
	attrActive      = "active"
	attrPassword    = "password"
	attrEmails      = "emails"
	attrGroups      = "groups"
	attrDisplayName = "displayName"
	attrMembers     = "members"
	attrOther       = "other" // of urnCustom: what SCIM has no name or type for
)

// text is a row of an optional string.
func text(name, description string) schema.Attribute {
	return schema.Attribute{Name: name, Type: schema.String, Description: description}
}

// readOnly returns the row as one that only the server writes.
func readOnly(a schema.Attribute) schema.Attribute {
	a.Mutability = schema.ReadOnly
	return a
}

// complexOf is a row with one value that has parts.
func complexOf(name, description string, sub ...schema.Attribute) schema.Attribute {
	return schema.Attribute{Name: name, Type: schema.Complex, Description: description, Sub: sub}
}

// list is a row with many values, each with a display name, a type and primary. The
// types are suggestions.
func list(name, description string, value schema.Attribute, types ...string) schema.Attribute {
	value.Name = "value"
	return listOf(name, description, types, value, text("display", "A name for people."))
}

func listOf(name, description string, types []string, parts ...schema.Attribute) schema.Attribute {
	kind := text("type", "What the value is for.")
	kind.Canonical = types
	primary := schema.Attribute{Name: "primary", Type: schema.Boolean, Description: "Whether it is the preferred value."}
	a := complexOf(name, description, append(parts, kind, primary)...)
	a.Multi = true
	return a
}

// userSchema is the table of RFC 7643, section 4.1.
func userSchema() *schema.Schema {
	value := text("value", "The value.")
	link := schema.Attribute{Type: schema.Reference, CaseExact: true, References: []string{"external"}, Description: "The address."}
	profile := link
	profile.Name, profile.Description = "profileUrl", "The address of the user's page."
	return &schema.Schema{URN: urnUser, Name: "User", Description: "User Account", Attributes: []schema.Attribute{
		{Name: attrUserName, Type: schema.String, Required: true, Unique: true, Description: "The name to log in with."},
		complexOf(attrName, "The parts of the user's name.",
			text("formatted", "The whole name."), text("familyName", "The family name."), text("givenName", "The given name."),
			text("middleName", "The middle name."), text("honorificPrefix", "A title before the name."),
			text("honorificSuffix", "A suffix after the name.")),
		text(attrDisplayName, "The name to show."), text("nickName", "The casual name."), profile,
		text("title", "The job title."), text("userType", "The relation to the organization."),
		text("preferredLanguage", "The preferred language."), text("locale", "The locale."), text("timezone", "The time zone."),
		{Name: attrActive, Type: schema.Boolean, Description: "Whether the user may log in."},
		{Name: attrPassword, Type: schema.String, Mutability: schema.WriteOnly, Description: "The password, which is never shown."},
		list(attrEmails, "E-mail addresses.", value, "work", "home", "other"),
		list("phoneNumbers", "Telephone numbers.", value, "work", "home", "mobile", "fax", "pager", "other"),
		list("ims", "Addresses of instant messengers.", value, "aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
		list("photos", "Addresses of pictures.", link, "photo", "thumbnail"),
		listOf("addresses", "Postal addresses.", []string{"work", "home", "other"},
			text("formatted", "The whole address."), text("streetAddress", "The street."), text("locality", "The town."),
			text("region", "The region."), text("postalCode", "The postal code."), text("country", "The country.")),
		groupsAttribute(),
		list("entitlements", "Entitlements.", value), list("roles", "Roles.", value),
		list("x509Certificates", "Certificates.", schema.Attribute{Type: schema.Binary, CaseExact: true, Description: "The certificate."}),
	}}
}

func groupsAttribute() schema.Attribute {
	kind := readOnly(text("type", "How the user is a member."))
	kind.Canonical = []string{"direct"}
	a := readOnly(complexOf(attrGroups, "The groups of the user.",
		schema.Attribute{Name: "value", Type: schema.String, CaseExact: true, Mutability: schema.ReadOnly, Description: "The group's id."},
		schema.Attribute{Name: "$ref", Type: schema.Reference, CaseExact: true, Mutability: schema.ReadOnly, References: []string{"Group"}, Description: "The group's address."},
		readOnly(text("display", "The group's name.")), kind))
	a.Multi = true
	return a
}

// groupSchema is the table of RFC 7643, section 4.2.
func groupSchema() *schema.Schema {
	kind := schema.Attribute{Name: "type", Type: schema.String, Mutability: schema.Immutable, Canonical: []string{"User"}, Description: "The kind of member."}
	members := complexOf(attrMembers, "The members.",
		schema.Attribute{Name: "value", Type: schema.String, CaseExact: true, Mutability: schema.Immutable, Description: "The member's id."},
		schema.Attribute{Name: "$ref", Type: schema.Reference, CaseExact: true, Mutability: schema.Immutable, References: []string{"User"}, Description: "The member's address."},
		kind)
	members.Multi = true
	return &schema.Schema{URN: urnGroup, Name: "Group", Description: "Group", Attributes: []schema.Attribute{
		{Name: attrDisplayName, Type: schema.String, Required: true, Unique: true, Description: "The group's name."},
		members,
	}}
}

// enterpriseSchema is the table of RFC 7643, section 4.3.
func enterpriseSchema() *schema.Schema {
	return &schema.Schema{URN: urnEnterprise, Name: "EnterpriseUser", Description: "Enterprise User", Attributes: []schema.Attribute{
		text("employeeNumber", "The number of the employee."), text("costCenter", "The cost center."),
		text("organization", "The organization."), text("division", "The division."), text("department", "The department."),
		complexOf("manager", "The user's manager.",
			schema.Attribute{Name: "value", Type: schema.String, CaseExact: true, Description: "The manager's id."},
			schema.Attribute{Name: "$ref", Type: schema.Reference, CaseExact: true, References: []string{"User"}, Description: "The manager's address."},
			readOnly(text("displayName", "The manager's name."))),
	}}
}

// customSchema is the table of the customer's own attributes. Those that are not
// declared are shown too.
func customSchema(declared []schema.Attribute) *schema.Schema {
	other := readOnly(complexOf(attrOther, "Attributes that SCIM has no name or type for.",
		readOnly(text("name", "The attribute's name.")), readOnly(text("json", "Its value as JSON text."))))
	other.Multi = true
	return &schema.Schema{
		URN: urnCustom, Name: "CustomUser", Description: "The customer's own attributes", Open: true,
		Attributes: append(declared[:len(declared):len(declared)], other),
	}
}

// userType is the resource type of users, with the declared attributes.
func userType(declared []schema.Attribute) *schema.ResourceType {
	return &schema.ResourceType{
		Name: "User", Endpoint: "/Users", Description: "User Account",
		Core: userSchema(), Extensions: []*schema.Schema{enterpriseSchema(), customSchema(declared)},
	}
}

// groupType is the resource type of groups.
func groupType() *schema.ResourceType {
	return &schema.ResourceType{Name: "Group", Endpoint: "/Groups", Description: "Group", Core: groupSchema()}
}

// allType has the attributes of both types.
func allType(users, groups *schema.ResourceType) *schema.ResourceType {
	core := *users.Core
	core.Attributes = append(core.Attributes[:len(core.Attributes):len(core.Attributes)], groups.Core.Attributes[1:]...)
	return &schema.ResourceType{Name: "All", Core: &core, Extensions: users.Extensions}
}
