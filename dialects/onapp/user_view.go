package onapp

import (
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// The values of status. A locked user still shows "active": the lock is separate.
const (
	statusActive    = "active"
	statusSuspended = "suspended"
	statusDeleted   = "deleted"
)

const defaultLocale = "en"

// userView is what is shown of one user.
type userView struct {
	version version
	user    *core.User
	facet   *facet
	status  string
	roles   []*role
	group   int64 // the user group; 0 = none
	fields  []fieldValue
	// apiKey is shown by the one answer that makes it.
	apiKey string
	// hideLogin leaves the login out: see Config.HideLoginFromKeys.
	hideLogin bool
}

// statusAt is the user's status by the clock: nothing runs at suspend_at.
func statusAt(now time.Time, u *core.User) string {
	switch {
	case !u.DeletedAt.IsZero():
		return statusDeleted
	case u.Active(now):
		return statusActive
	}
	return statusSuspended
}

// givenName is the first name: the one that was given, or the first word of the whole name.
func givenName(u *core.User) string {
	if hasParts(u.Name) {
		return u.Name.Given
	}
	first, _, _ := strings.Cut(strings.TrimSpace(u.Name.Formatted), " ")
	return first
}

// familyName is the last name, or what follows the first word of the whole name.
func familyName(u *core.User) string {
	if hasParts(u.Name) {
		return u.Name.Family
	}
	_, rest, _ := strings.Cut(strings.TrimSpace(u.Name.Formatted), " ")
	return strings.TrimSpace(rest)
}

// hasParts reports whether the parts of a name were given. A whole name of another dialect replaces
// them.
func hasParts(n core.Name) bool { return n.Given != "" || n.Family != "" || n.Formatted == "" }
