package onapp

import (
	"math"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// apply changes the user and the facet as the request says. Null and blank clear what may be empty.
func (in *userIn) apply(u *core.User, f *facet, fields []field) {
	if email, ok := in.email.Get(); ok && email != core.Fold(u.Email) {
		u.Email = email
	}
	in.applyName(u)
	if in.suspendAt.Present() {
		u.EnabledUntil = in.suspendAt.Or(time.Time{})
	}
	setText(&f.TimeZone, in.timeZone)
	setText(&f.Locale, in.locale)
	setText(&f.Theme, in.theme)
	if in.bucket.Present() {
		f.Bucket = in.bucket.Or(0)
	}
	setFlag(&f.Gravatar, in.gravatar)
	setFlag(&f.Yubikey, in.yubikey)
	if text := in.yubikeyText; text.Present() {
		f.YubikeyText = publicPart(text.Or(""))
	}
	if show, ok := in.infoboxes.Get(); ok {
		f.HideInfoboxes = !show
	}
	assign(u, fields, in.additional)
}

// applyName stores names that are news. Those that follow from the whole name are not stored; once others are, the
// whole name no longer holds.
func (in *userIn) applyName(u *core.User) {
	first, last := givenName(u), familyName(u)
	given, family := first, last
	setText(&given, in.firstName)
	setText(&family, in.lastName)
	if given != first || family != last {
		u.Name = core.Name{Given: given, Family: family}
	}
}

// applyNew sets what only a new user can be given.
func (in *userIn) applyNew(tx *core.Tx, u *core.User, f *facet) {
	u.Username, u.Email = in.login.Or(""), in.email.Or("")
	u.Enabled = in.status.Or("") != statusSuspended
	f.Identifier = tx.Directory().NewKey(identifierAlphabet, identifierLength)
	f.ActivatedAt = tx.Now()
	if hours, ok := in.suspendAfter.Get(); ok {
		u.EnabledUntil = tx.Now().Add(hoursOf(hours))
	}
}

// hoursOf bounds a client's number to what a duration can hold.
func hoursOf(n int64) time.Duration {
	const most = math.MaxInt64 / int64(time.Hour)
	return time.Duration(min(max(n, -most), most)) * time.Hour
}

func setText(to *string, f wire.Field[string]) {
	if f.Present() {
		*to = f.Or("")
	}
}

func setFlag(to *flag, f wire.Field[bool]) {
	switch b, ok := f.Get(); {
	case ok:
		*to = flagOf(b)
	case f.IsNull():
		*to = unsaid
	}
}

// setPassword gives the user a new password, which ends the old one at once.
func setPassword(tx *core.Tx, u *core.User, encoded string) {
	u.Password = encoded
	u.PasswordChangedAt = tx.Now()
}
