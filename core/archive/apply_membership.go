package archive

import (
	"fmt"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

func (r *run) membership(l *Membership) (Verdict, error) {
	m := l.core(r.opts.Realm)
	if m.Kind == "" {
		return "", Refusal("a membership has a kind")
	}
	if err := r.bothPresent(m, l); err != nil {
		return "", err
	}
	m.User = r.number(m.Realm, m.User)
	if err := r.resolve(&m, l); err != nil {
		return "", err
	}
	list, err := r.tx.Memberships(core.MembershipQuery{Realm: m.Realm, Kind: m.Kind, Users: []int64{m.User}})
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(list, func(o core.Membership) bool { return o.Group == m.Group }) {
		return Unchanged, nil
	}
	err = r.tx.ImportMembership(&m)
	if core.KindOf(err) == core.NotFound {
		err = Refusal(fmt.Sprintf("the user %d or the group %d does not exist", m.User, m.Group))
	}
	return Added, err
}

// bothPresent fails if a number of the line means no row of the source that is in the store.
func (r *run) bothPresent(m core.Membership, l *Membership) error {
	if l.UserUID == "" {
		if err := r.present(sourceNumber{m.Realm, "", m.User}); err != nil {
			return err
		}
	}
	if l.GroupUID == "" {
		return r.present(sourceNumber{m.Realm, m.Kind, m.Group})
	}
	return nil
}

// resolve finds what the line names by UID.
func (r *run) resolve(m *core.Membership, l *Membership) error {
	if l.UserUID != "" {
		u, err := r.tx.UserIncludingDeleted(core.ByUID(m.Realm, l.UserUID))
		if core.KindOf(err) == core.NotFound {
			return Refusal(fmt.Sprintf("the user with the uid %q does not exist", l.UserUID))
		}
		if err != nil {
			return err
		}
		m.User = u.ID
	}
	if l.GroupUID != "" {
		g, err := r.tx.Group(core.GroupRef{Realm: m.Realm, Kind: m.Kind, UID: l.GroupUID})
		if core.KindOf(err) == core.NotFound {
			return Refusal(fmt.Sprintf("the group with the uid %q does not exist", l.GroupUID))
		}
		if err != nil {
			return err
		}
		m.Group = g.ID
	}
	return nil
}
