package econtext

import (
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// The order of the keys is the vendor's: what the hash tables of its server
// gave. Source: vendor reference, users update; the profile v2 has its own.

// writeUser writes a user anew.
func (a *answer) writeUser(p *person) {
	if a.k.d.v2 {
		a.userV2(p)
		return
	}
	a.Obj()
	a.RawKey("username").Str(p.Username)
	a.RawKey("status").Str(p.face.statusOf(p.User, p.now))
	a.RawKey("applications")
	a.applications(p.applications)
	a.RawKey("href")
	a.userHref(p)
	a.RawKey("groups")
	a.groups(p.groups)
	a.RawKey("apikeys")
	a.apiKeys(p)
	a.RawKey("id").Str(p.UID)
	a.RawKey("name")
	a.userName(p)
	a.times(p.CreatedAt, p.UpdatedAt)
	a.RawKey("custom_data")
	a.userData(p)
	a.RawKey("email").StrOrNull(p.Email)
	a.End()
}

func (a *answer) minimalUser(p *person) {
	if a.k.d.v2 {
		a.minimalUserV2(p)
		return
	}
	a.Obj()
	a.RawKey("username").Str(p.Username)
	a.RawKey("status").Str(p.face.statusOf(p.User, p.now))
	a.RawKey("href")
	a.userHref(p)
	a.RawKey("name")
	a.userName(p)
	a.RawKey("custom_data")
	a.userData(p)
	a.times(p.CreatedAt, p.UpdatedAt)
	a.RawKey("id").Str(p.UID)
	a.RawKey("email").StrOrNull(p.Email)
	a.End()
}

func (a *answer) application(t *thing) {
	if a.k.d.v2 {
		a.applicationV2(t)
		return
	}
	a.Obj()
	a.RawKey("status").Str(t.doc.status)
	a.furniture(t, "/api/applications/application/")
	a.End()
}

func (a *answer) group(t *thing) {
	if a.k.d.v2 {
		a.groupV2(t)
		return
	}
	a.Obj()
	a.RawKey("status").Str(t.doc.status)
	a.RawKey("application").Str(t.app)
	a.furniture(t, "/api/groups/group/")
	a.End()
}

// furniture is what applications and groups have in common.
func (a *answer) furniture(t *thing, path string) {
	a.RawKey("href")
	a.href(path, t.UID, "", "")
	a.RawKey("name").Str(t.Name)
	a.RawKey("custom_data").Raw(t.doc.customData)
	a.times(t.CreatedAt, t.UpdatedAt)
	a.RawKey("id").Str(t.UID)
	a.RawKey("description").Raw(t.doc.description)
}

// apiKey shows the secret only on creation, when it is given.
func (a *answer) apiKey(k *key, owner, secret string) {
	if a.k.d.v2 {
		a.apiKeyV2(k, owner, secret)
		return
	}
	a.Obj()
	a.RawKey("status").Str(k.doc.status)
	a.RawKey("description").Raw(k.doc.description)
	if secret != "" {
		a.RawKey("secret").Str(secret)
	}
	a.RawKey("href")
	a.keyHref(k, owner)
	a.RawKey("id").Str(k.Key)
	a.RawKey("name").Raw(k.doc.name)
	a.End()
}

func (a *answer) applications(all []thing) {
	a.Arr()
	for i := range all {
		a.draw(&all[i], (*answer).application)
	}
	a.End()
}

func (a *answer) groups(all []thing) {
	a.Arr()
	for i := range all {
		a.draw(&all[i], (*answer).group)
	}
	a.End()
}

func (a *answer) apiKeys(p *person) {
	a.Arr()
	for i := range p.keys {
		a.apiKey(&p.keys[i], p.UID, "")
	}
	a.End()
}

func (a *answer) userHref(p *person) { a.href("/api/users/user/", p.UID, "", "") }

func (a *answer) keyHref(k *key, owner string) {
	a.href("/api/users/user/", owner, "/apikey/", k.Key)
}

// userName shows null for a name that was never set, and "" for one set to it.
func (a *answer) userName(p *person) {
	if name, ok := p.face.nameOf(p.User); ok {
		a.Str(name)
		return
	}
	a.Null()
}

// times shows milliseconds, as the vendor keeps them.
func (a *answer) times(created, modified time.Time) {
	a.RawKey("created_at")
	a.time(created)
	a.RawKey("modified_at")
	a.time(modified)
}

// time shows an unknown moment as "".
func (a *answer) time(t time.Time) {
	if t.IsZero() {
		a.Str("")
		return
	}
	a.Time(t.Truncate(time.Millisecond), wire.SpacedMicros)
}

// userData shows the whole bag of attributes, null if it is empty.
func (a *answer) userData(p *person) {
	if len(p.Attributes) == 0 {
		a.Null()
		return
	}
	a.Obj()
	for i := range p.Attributes {
		a.Key(p.Attributes[i].Name)
		a.json(p.Attributes[i].Value)
	}
	a.End()
}

// json writes stored JSON text in this dialect's style. Most values look the
// same in every style.
func (a *answer) json(text string) {
	if sameInAllStyles(text) {
		a.Raw(text)
		return
	}
	v, err := wire.ParseJSON([]byte(text), storedLimits)
	if err != nil {
		a.Null()
		return
	}
	a.Value(v)
}

// sameInAllStyles tells whether a JSON text is a scalar without anything that
// a style could write differently.
func sameInAllStyles(text string) bool {
	if text == "true" || text == "false" || text == "null" {
		return true
	}
	isString := text != "" && text[0] == '"'
	for i := range len(text) {
		c := text[i]
		if isString && (c < ' ' || c > '~' || c == '\\') || !isString && (c < '0' || c > '9') {
			return false
		}
	}
	return text != ""
}
