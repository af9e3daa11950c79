package archive

import "github.com/dragoman-gateway/dragoman/core"

// The functions of this file make lines for a [Source] that is not a file. An object
// without a realm goes where [ImportOptions] say. The line itself is its source for a
// report.

// UserLine returns the line of a user. Without an ID the user gets the next number.
func UserLine(u *core.User) (*Line, error) {
	return built(&Line{User: userLine(u)})
}

// GroupLine returns the line of a group. Without an ID the group gets the next number.
func GroupLine(g *core.Group) (*Line, error) {
	return built(&Line{Group: groupLine(g)})
}

// RecordLine returns the line of a record. Without an ID it is found by its key.
func RecordLine(r *core.Record) (*Line, error) {
	return built(&Line{Record: recordLine(r)})
}

// MembershipLine returns the line of a membership.
func MembershipLine(m Membership) (*Line, error) {
	return built(&Line{Membership: &m})
}

func built(l *Line) (_ *Line, err error) {
	l.source, err = encode(l)
	return l, err
}
