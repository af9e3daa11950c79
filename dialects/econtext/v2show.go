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
	a.RawKey("data").Value(pairs(a.userDataV2(p).Members()))
	a.RawKey("apikeys")
	a.apiKeys(p)
	a.RawKey("applications")
	a.applications(p.applications)
	a.RawKey("groups")
	a.groups(p.groups)
	a.End()
}

func (a *answer) minimalUserV2(p *person) {
	a.Obj()
	a.userHeadV2(p)
	a.End()
}

func (a *answer) userHeadV2(p *person) {
	a.RawKey("id").Str(p.UID)
	a.RawKey("name")
	a.userName(p)
	a.RawKey("email").StrOrNull(p.Email)
	a.RawKey("username").Str(p.Username)
	a.RawKey("custom_data").Value(a.customDataV2(p))
	a.RawKey("href")
	a.userHref(p)
	if p.bareModified {
		a.RawKey("created_at")
		a.time(p.CreatedAt)
		a.RawKey("modified_at").Str(bareTime(p.UpdatedAt))
	} else {
		a.times(p.CreatedAt, p.UpdatedAt)
	}
	a.RawKey("password_modified_at")
	a.time(p.PasswordChangedAt)
	a.RawKey("status").Str(statusShownV2(p))
	a.RawKey("organization")
	if p.organization == nil {
		a.Null()
	} else {
		a.emptyOrganization(p.organization)
	}
	a.RawKey("org_admin").Bool(p.face.admin)
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
	a.RawKey("id").Str(t.UID)
	a.RawKey("name").Str(t.Name)
	a.RawKey("description").Raw(t.doc.description)
	a.RawKey("jwt_secret").StrOrNull(t.doc.jwtSecret)
	a.RawKey("status").Str(t.doc.status)
	a.times(t.CreatedAt, t.UpdatedAt)
	a.RawKey("data").Raw(t.doc.data)
	a.RawKey("parameters").Raw(orEmptyList(t.doc.parameters))
	a.orEmpty(t.doc.customData)
	a.RawKey("href")
	a.href("/api/applications/application/", t.UID, "", "")
	a.End()
}

func (a *answer) groupV2(t *thing) {
	a.Obj()
	a.RawKey("id").Str(t.UID)
	a.RawKey("name").Str(t.Name)
	a.RawKey("description").Raw(t.doc.description)
	a.RawKey("application").Str(t.app)
	a.RawKey("status").Str(t.doc.status)
	a.times(t.CreatedAt, t.UpdatedAt)
	a.RawKey("data").Raw(t.doc.data)
	a.orEmpty(t.doc.customData)
	a.RawKey("href")
	a.href("/api/groups/group/", t.UID, "", "")
	a.End()
}

func (a *answer) apiKeyV2(k *key, owner, secret string) {
	a.Obj()
	a.RawKey("id").Str(k.Key)
	if secret != "" {
		a.RawKey("secret").Str(secret)
	}
	a.RawKey("name").Raw(k.doc.name)
	a.RawKey("description").Raw(k.doc.description)
	a.RawKey("status").Str(k.doc.status)
	a.times(k.CreatedAt, k.UpdatedAt)
	a.RawKey("href")
	a.keyHref(k, owner)
	a.End()
}

// emptyOrganization is an organization as users show theirs: without members.
func (a *answer) emptyOrganization(t *thing) {
	a.Obj()
	a.organizationHead(t)
	a.RawKey("admins").Arr().End().RawKey("users").Arr().End()
	a.organizationTail(t)
	a.End()
}
