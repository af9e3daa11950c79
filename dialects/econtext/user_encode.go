package econtext

import (
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// user writes a user: the given keys in their order. See REFERENCE.md, "Objects".
func (e *encoder) user(v *userView, keys []string) {
	e.Obj()
	for _, key := range keys {
		e.RawKey(key)
		switch key {
		case "id":
			e.Str(v.UID)
		case "username":
			e.Str(v.Username)
		case "email":
			e.StrOrNull(v.Email)
		case "name":
			if name, ok := v.facet.nameOf(v.User); ok {
				e.Str(name)
			} else {
				e.Null()
			}
		case "status":
			e.Str(e.userStatus(v))
		case "href":
			e.href("/api/users/user/", v.UID, "", "")
		case "created_at":
			e.time(v.CreatedAt)
		case "modified_at":
			e.modified(v)
		case "password_modified_at":
			e.time(v.PasswordChangedAt)
		case "custom_data":
			e.userCustomData(v)
		case "data":
			e.Value(pairs(attributeTree(v).Members()))
		case "org_admin":
			e.Bool(v.facet.admin)
		default:
			e.relations(v, key)
		}
	}
	e.End()
}

// relations writes what belongs to a user.
func (e *encoder) relations(v *userView, key string) {
	switch key {
	case "applications":
		e.groupViews(v.applications, e.c.d.version.application)
	case "groups":
		e.groupViews(v.groups, e.c.d.version.group)
	case "apikeys":
		e.Arr()
		for i := range v.keys {
			e.apiKey(&v.keys[i], v.UID, "")
		}
		e.End()
	case "organization":
		if v.organization == nil {
			e.Null()
			return
		}
		e.groupView(v.organization, e.c.d.version.organization)
	}
}

// userStatus shows UNVERIFIED as ENABLED in the profile v2, which does not know it.
func (e *encoder) userStatus(v *userView) string {
	s := v.facet.statusOf(v.User, v.now)
	if e.c.d.v2 && s == statusUnverified {
		return statusEnabled
	}
	return s
}

func (e *encoder) modified(v *userView) {
	if !v.bareModified {
		e.time(v.UpdatedAt)
		return
	}
	text := wire.AppendTime(nil, v.UpdatedAt.Truncate(time.Millisecond), wire.SpacedMicros)
	e.Str(strings.TrimSuffix(string(text), "+00:00"))
}

// time writes milliseconds, as the vendor keeps them; "" for an unknown moment.
func (e *encoder) time(t time.Time) {
	if t.IsZero() {
		e.Str("")
		return
	}
	e.Time(t.Truncate(time.Millisecond), wire.SpacedMicros)
}

// userCustomData writes all attributes, null if there are none. The profile v2
// adds three facts about the organization.
func (e *encoder) userCustomData(v *userView) {
	switch {
	case e.c.d.v2:
		tree, name, id := attributeTree(v), wire.Value{}, wire.Value{}
		if v.organization != nil {
			name, id = wire.String(v.organization.Name), wire.String(v.organization.UID)
		}
		tree.Set("company_name", name)
		tree.Set("encrypt_id", id)
		tree.Set("company_id", id)
		e.Value(tree)
	case len(v.Attributes) == 0:
		e.Null()
	default:
		e.Obj()
		for i := range v.Attributes {
			e.Key(v.Attributes[i].Name)
			e.json(v.Attributes[i].Value)
		}
		e.End()
	}
}

// attributeTree is a user's attributes as an object.
func attributeTree(v *userView) wire.Value {
	tree := wire.Object()
	for _, a := range v.Attributes {
		if value, err := wire.ParseJSONWith([]byte(a.Value), storedLimits, wire.KeepSurrogates); err == nil {
			tree.Set(a.Name, value)
		}
	}
	return tree
}

// json writes stored JSON text as Python prints it. Most values look the same.
func (e *encoder) json(text string) {
	if samePythonText(text) {
		e.Raw(text)
		return
	}
	v, err := wire.ParseJSONWith([]byte(text), storedLimits, wire.KeepSurrogates)
	if err != nil {
		e.Null()
		return
	}
	e.Value(v)
}

// samePythonText reports whether a JSON text is a scalar that Python prints the same way.
func samePythonText(text string) bool {
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

// href writes an address: the base, a path and an id, and perhaps both again.
// Nearly always nothing in it needs an escape, and no text is allocated.
func (e *encoder) href(path, id, below, belowID string) {
	if !isPlain(e.base) || !isPlain(id) || !isPlain(belowID) {
		e.Str(e.base + path + id + below + belowID)
		return
	}
	b := append(e.scratch[:0], '"')
	b = append(append(append(b, e.base...), path...), id...)
	b = append(append(b, below...), belowID...)
	e.RawBytes(append(b, '"'))
}

// isPlain reports whether a text needs no escape in JSON.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
