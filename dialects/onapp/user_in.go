package onapp

import (
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// userIn is what a request says about a user. What it does not say is absent, and stays as it is.
type userIn struct {
	login, email           wire.Field[string]
	password, confirmation wire.Field[string]
	firstName, lastName    wire.Field[string]
	timeZone, locale       wire.Field[string]
	theme                  wire.Field[string]
	status                 wire.Field[string]
	bucket, group          wire.Field[int64]
	suspendAfter           wire.Field[int64]
	suspendAt              wire.Field[time.Time]
	gravatar, infoboxes    wire.Field[bool]
	yubikey                wire.Field[bool]
	yubikeyText            wire.Field[string]
	roles                  []int64
	hasRoles               bool
	additional             []additional
}

// readUser casts the attributes of a user. What it does not name is ignored: clients send back all they loaded.
func (d *Dialect) readUser(v wire.Value) userIn {
	in := userIn{
		login: foldedField(v, "login"), email: foldedField(v, "email"),
		password: textField(v, "password"), confirmation: textField(v, "password_confirmation"),
		firstName: textField(v, "first_name"), lastName: textField(v, "last_name"),
		timeZone: textField(v, "time_zone"), locale: textField(v, "locale"),
		theme: textField(v, "system_theme"), status: textField(v, "status"),
		bucket: intField(v, d.version.planKey()), group: intField(v, "user_group_id"),
		suspendAfter: intField(v, "suspend_after_hours"), suspendAt: timeField(v, "suspend_at"),
		gravatar: boolField(v, "use_gravatar"), infoboxes: boolField(v, "display_infoboxes"),
		yubikey: boolField(v, "registered_yubikey"), yubikeyText: textField(v, "registered_yubikey"),
		additional: readAdditional(v),
	}
	in.roles, in.hasRoles = idList(v, "role_ids")
	return in
}

// foldedField reads a login or an address, which are kept in lower case and without blanks around them.
func foldedField(v wire.Value, name string) wire.Field[string] {
	f := textField(v, name)
	if s, ok := f.Get(); ok {
		return wire.Some(core.Fold(strings.TrimSpace(s)))
	}
	return f
}

// dropUnallowed takes away what the caller may not set for this user. It is ignored, not refused.
// source: vendor reference, permissions; vendor reference, users update.
func (in *userIn) dropUnallowed(c *caller, user int64) {
	ownWithKey := c.keyed && c.user.ID == user
	if ownWithKey || !c.may(mayChangePassword, user) {
		in.dropPassword()
	}
	if !c.all(mayUpdateUsers) {
		in.hasRoles, in.roles = false, nil
		in.group, in.bucket = wire.Field[int64]{}, wire.Field[int64]{}
		in.suspendAt = wire.Field[time.Time]{}
	}
}

func (in *userIn) dropPassword() {
	in.password, in.confirmation = wire.Field[string]{}, wire.Field[string]{}
}

// newPassword is the password that the request sets, "" for none: a blank one leaves the old.
func (in *userIn) newPassword() string {
	if p := in.password.Or(""); strings.TrimSpace(p) != "" {
		return p
	}
	return ""
}
