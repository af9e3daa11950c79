package onapp

import (
	"math"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// apply changes the user and the facet as the input says. Null and blank clear what may be empty.
func (in *userInput) apply(u *core.User, f *facet, fields []field) {
	if in.changesEmail(u) {
		u.Email = in.email.Or("")
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
	setOptional(&f.Gravatar, in.gravatar)
	setOptional(&f.YubiKey, in.yubiKey)
	if text := in.yubiKeyText; text.Present() {
		f.YubiKeyText = publicPart(text.Or(""))
	}
	if show, ok := in.infoboxes.Get(); ok {
		f.HideInfoboxes = !show
	}
	assignFields(u, fields, in.additional)
}

// applyName stores a first or last name that differs from what is shown. Names derived from the
// whole name are not stored; a stored one replaces the whole name.
func (in *userInput) applyName(u *core.User) {
	first, last := givenName(u), familyName(u)
	given, family := first, last
	setText(&given, in.firstName)
	setText(&family, in.lastName)
	if given != first || family != last {
		u.Name = core.Name{Given: given, Family: family}
	}
}

// applyNew sets what only a new user can be given.
func (in *userInput) applyNew(tx *core.Tx, u *core.User, f *facet) {
	u.Username, u.Email = in.login.Or(""), in.email.Or("")
	u.Enabled = in.status.Or("") != statusSuspended
	f.Identifier = tx.Directory().NewKey(identifierAlphabet, identifierLength)
	f.ActivatedAt = tx.Now()
	if n, ok := in.suspendAfter.Get(); ok {
		const most = math.MaxInt64 / int64(time.Hour) // what a duration can hold
		u.EnabledUntil = tx.Now().Add(time.Duration(min(max(n, -most), most)) * time.Hour)
	}
}

// keepSuspended stores a suspension that suspend_at has caused: a new date only says when to
// suspend, and only activating ends a suspension. See REFERENCE.md, "suspend_at".
func keepSuspended(tx *core.Tx, u *core.User) {
	if until := u.EnabledUntil; !until.IsZero() && !until.After(tx.Now()) {
		u.Enabled = false
	}
}

func setText(to *string, f wire.Field[string]) {
	if f.Present() {
		*to = f.Or("")
	}
}

func setOptional(to *optionalBool, f wire.Field[bool]) {
	switch b, ok := f.Get(); {
	case ok:
		*to = optionalOf(b)
	case f.IsNull():
		*to = unset
	}
}

// resolveGroup keeps a user group that does not exist in the facet, as it was given. One that
// exists becomes a membership.
func resolveGroup(tx *core.Tx, u *core.User, in *userInput, f *facet) error {
	if !in.group.Present() {
		return nil
	}
	f.Group = 0
	id := in.group.Or(0)
	if id == 0 {
		return nil
	}
	exists, err := groupExists(tx, u.Realm, kindUserGroup, id)
	if err == nil && !exists {
		f.Group = id
	}
	return err
}

// applyMemberships makes the memberships what the input says: its roles and no others, one user
// group or none, its bucket.
func applyMemberships(tx *core.Tx, u *core.User, in *userInput) error {
	if in.hasRoles {
		if err := setMemberships(tx, u, kindRole, in.roles); err != nil {
			return err
		}
	}
	if err := setOneMembership(tx, u, kindUserGroup, in.group); err != nil {
		return err
	}
	return setOneMembership(tx, u, kindBucket, in.bucket)
}

// setOneMembership makes the user a member of that group of the kind alone, or of none if it does
// not exist.
func setOneMembership(tx *core.Tx, u *core.User, kind string, given wire.Field[int64]) error {
	if !given.Present() {
		return nil
	}
	id := given.Or(0)
	exists, err := groupExists(tx, u.Realm, kind, id)
	if err != nil {
		return err
	}
	if !exists {
		return setMemberships(tx, u, kind, nil)
	}
	return setMemberships(tx, u, kind, []int64{id})
}
