package onapp

import (
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// userInput is what a request sets of a user. Absent fields stay unchanged.
type userInput struct {
	login, email           wire.Field[string]
	password, confirmation wire.Field[string]
	firstName, lastName    wire.Field[string]
	timeZone, locale       wire.Field[string]
	theme                  wire.Field[string]
	status                 wire.Field[string]
	bucket, group          wire.Field[int64]
	suspendAfter           wire.Field[int64]
	suspendAt              wire.Field[time.Time]
	badSuspendAt           bool // it is given and not a date
	gravatar, infoboxes    wire.Field[bool]
	yubiKey                wire.Field[bool]
	yubiKeyText            wire.Field[string]
	roles                  []int64
	hasRoles               bool
	additional             []fieldInput
}

// decodeUser casts the attributes of a user. Unknown ones are ignored: clients send back every
// attribute they loaded.
func (d *Dialect) decodeUser(v wire.Value) userInput {
	in := userInput{
		login: foldedField(v, "login"), email: foldedField(v, "email"),
		password: textField(v, "password"), confirmation: textField(v, "password_confirmation"),
		firstName: textField(v, "first_name"), lastName: textField(v, "last_name"),
		timeZone: textField(v, "time_zone"), locale: textField(v, "locale"),
		theme: textField(v, "system_theme"), status: textField(v, "status"),
		bucket: intField(v, d.version.bucketKey()), group: intField(v, "user_group_id"),
		suspendAfter: intField(v, "suspend_after_hours"),
		gravatar:     boolField(v, "use_gravatar"), infoboxes: boolField(v, "display_infoboxes"),
		yubiKey: boolField(v, "registered_yubikey"), yubiKeyText: textField(v, "registered_yubikey"),
		additional: decodeFieldInputs(v),
	}
	suspendAt, ok := dateField(v, "suspend_at", d.dir.Now())
	in.suspendAt, in.badSuspendAt = suspendAt, !ok
	in.roles, in.hasRoles = idList(v, "role_ids")
	return in
}

// foldedField reads a login or an address, which are stored in lower case and trimmed.
func foldedField(v wire.Value, name string) wire.Field[string] {
	f := textField(v, name)
	if s, ok := f.Get(); ok {
		return wire.Some(downcase(strings.TrimSpace(s)))
	}
	return f
}

// dropForbidden removes what the caller may not set for this user. It is ignored, not refused.
// See REFERENCE.md, "Permissions" and "Update a user".
func (in *userInput) dropForbidden(c *caller, user int64) {
	if c.byKey && c.user.ID == user || !c.may(mayChangePassword, user) {
		in.password, in.confirmation = wire.Field[string]{}, wire.Field[string]{}
	}
	if !c.mayAll(mayUpdateUsers) {
		in.hasRoles, in.roles = false, nil
		in.group, in.bucket = wire.Field[int64]{}, wire.Field[int64]{}
		in.suspendAt, in.badSuspendAt = wire.Field[time.Time]{}, false
	}
}

// newPassword is the password that the request sets; "" for none, since a blank one keeps the old.
func (in *userInput) newPassword() string {
	if p := in.password.Or(""); strings.TrimSpace(p) != "" {
		return p
	}
	return ""
}
