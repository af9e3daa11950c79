package econtext

import (
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// The key orders of the vendor's later server. Source: its objects.

func (a *answer) userV2(p *person) {
	a.Obj()
	a.userHeadV2(p)
	a.Key("data").Value(pairs(a.userDataV2(p).Members()))
	a.Key("apikeys")
	a.apiKeys(p)
	a.Key("applications")
	a.applications(p.applications)
	a.Key("groups")
	a.groups(p.groups)
	a.End()
}

func (a *answer) minimalUserV2(p *person) {
	a.Obj()
	a.userHeadV2(p)
	a.End()
}

func (a *answer) userHeadV2(p *person) {
	a.Key("id").Str(p.UID)
	a.Key("name")
	a.userName(p)
	a.Key("email").StrOrNull(p.Email)
	a.Key("username").Str(p.Username)
	a.Key("custom_data").Value(a.customDataV2(p))
	a.Key("href")
	a.userHref(p)
	if p.bareModified {
		a.Key("created_at")
		a.time(p.CreatedAt)
		a.Key("modified_at").Str(bareTime(p.UpdatedAt))
	} else {
		a.times(p.CreatedAt, p.UpdatedAt)
	}
	a.Key("password_modified_at")
	a.time(p.PasswordChangedAt)
	a.Key("status").Str(statusShownV2(p))
	a.Key("organization")
	if p.organization == nil {
		a.Null()
	} else {
		a.emptyOrganization(p.organization)
	}
	a.Key("org_admin").Bool(p.face.admin)
}

// statusShownV2 knows no UNVERIFIED, which behaves as ENABLED.
func statusShownV2(p *person) string {
	if p.face.statusOf(p.User, p.now) == statusDisabled {
		return statusDisabled
	}
	return statusEnabled
}

// bareTime is a moment without its offset.
func bareTime(t time.Time) string {
	text := wire.AppendTime(nil, t.Truncate(time.Millisecond), wire.SpacedMicros)
	return strings.TrimSuffix(string(text), "+00:00")
}

// userDataV2 is the bag of attributes.
func (a *answer) userDataV2(p *person) wire.Value {
	v := wire.Object()
	for _, attribute := range p.Attributes {
		value, err := wire.ParseJSON([]byte(attribute.Value), storedLimits)
		if err == nil {
			v.Set(attribute.Name, value)
		}
	}
	return v
}

// customDataV2 is the bag with three facts of the organization beside it.
func (a *answer) customDataV2(p *person) wire.Value {
	v := a.userDataV2(p)
	name, id := wire.Value{}, wire.Value{}
	if p.organization != nil {
		name, id = wire.String(p.organization.Name), wire.String(p.organization.UID)
	}
	v.Set("company_name", name)
	v.Set("encrypt_id", id)
	v.Set("company_id", id)
	return v
}

func (a *answer) applicationV2(t *thing) {
	a.Obj()
	a.Key("id").Str(t.UID)
	a.Key("name").Str(t.Name)
	a.Key("description").Raw(t.doc.description)
	a.Key("jwt_secret").StrOrNull(t.doc.jwtSecret)
	a.Key("status").Str(t.doc.status)
	a.times(t.CreatedAt, t.UpdatedAt)
	a.Key("data").Raw(t.doc.data)
	a.Key("parameters").Raw(orEmptyList(t.doc.parameters))
	a.orEmpty(t.doc.customData)
	a.Key("href")
	a.href("/api/applications/application/", t.UID, "", "")
	a.End()
}

func (a *answer) groupV2(t *thing) {
	a.Obj()
	a.Key("id").Str(t.UID)
	a.Key("name").Str(t.Name)
	a.Key("description").Raw(t.doc.description)
	a.Key("application").Str(t.app)
	a.Key("status").Str(t.doc.status)
	a.times(t.CreatedAt, t.UpdatedAt)
	a.Key("data").Raw(t.doc.data)
	a.orEmpty(t.doc.customData)
	a.Key("href")
	a.href("/api/groups/group/", t.UID, "", "")
	a.End()
}

func (a *answer) apiKeyV2(k *key, owner, secret string) {
	a.Obj()
	a.Key("id").Str(k.Key)
	if secret != "" {
		a.Key("secret").Str(secret)
	}
	a.Key("name").Raw(k.doc.name)
	a.Key("description").Raw(k.doc.description)
	a.Key("status").Str(k.doc.status)
	a.times(k.CreatedAt, k.UpdatedAt)
	a.Key("href")
	a.keyHref(k, owner)
	a.End()
}

// emptyOrganization is an organization as users show theirs: without members.
func (a *answer) emptyOrganization(t *thing) {
	a.Obj()
	a.organizationHead(t)
	a.Key("admins").Arr().End().Key("users").Arr().End()
	a.organizationTail(t)
	a.End()
}
