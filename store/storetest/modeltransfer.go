package storetest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

func (m *model) ListKinds(realm core.Realm) (kinds []string, err error) {
	for _, g := range m.groups {
		if g.Realm == realm {
			kinds = append(kinds, g.Kind)
		}
	}
	for _, r := range m.records {
		if r.Realm == realm {
			kinds = append(kinds, r.Kind)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds), nil
}

func (m *model) ListCounters(realm core.Realm) (list []core.Counter, err error) {
	for key, last := range m.last {
		if r, name, _ := strings.Cut(key, "\x00"); core.Realm(r) == realm {
			list = append(list, core.Counter{Name: name, Next: last + 1})
		}
	}
	slices.SortFunc(list, func(a, b core.Counter) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

func (m *model) RaiseCounter(realm core.Realm, c core.Counter) error {
	key := string(realm) + "\x00" + c.Name
	m.last[key] = max(m.last[key], c.Next-1)
	return nil
}

// numbered fails unless id can be given to a new object, and raises the counter.
func (m *model) numbered(realm core.Realm, counter string, id int64, taken bool) error {
	switch {
	case id < 1:
		return refuse(core.Invalid, core.Fault{Field: core.FieldID, Rule: core.Malformed})
	case taken:
		return refuse(core.Conflict, core.Fault{Field: core.FieldID, Rule: core.Taken})
	}
	return m.RaiseCounter(realm, core.Counter{Name: counter, Next: id + 1})
}

func (m *model) InsertUser(u *core.User) error {
	_, err := m.GetUser(core.UserRef{Realm: u.Realm, ID: u.ID})
	taken := u.ID > 0 && err == nil
	if faults := m.userFaults(u); u.ID > 0 && !taken && faults != nil {
		return refuse(core.Conflict, faults...)
	}
	if err := m.numbered(u.Realm, "users", u.ID, taken); err != nil {
		return err
	}
	m.users = append(m.users, u.Clone())
	slices.SortStableFunc(m.users, func(a, b *core.User) int { return cmp.Compare(a.ID, b.ID) })
	return nil
}

func (m *model) InsertGroup(g *core.Group) error {
	taken := slices.ContainsFunc(m.groups, func(o *core.Group) bool { return o.Realm == g.Realm && o.Kind == g.Kind && o.ID == g.ID })
	if g.ID > 0 && !taken {
		copied := g.Clone()
		copied.ID = 0
		probe := m.clone()
		if err := probe.PutGroup(copied); err != nil {
			return err
		}
	}
	if err := m.numbered(g.Realm, "group:"+g.Kind, g.ID, taken); err != nil {
		return err
	}
	m.groups = append(m.groups, g.Clone())
	return nil
}

func (m *model) InsertRecord(r *core.Record) error {
	taken := slices.ContainsFunc(m.records, func(o *core.Record) bool { return o.Realm == r.Realm && o.Kind == r.Kind && o.ID == r.ID })
	if r.ID > 0 && !taken {
		if r.Key == "" {
			r.Key = strconv.FormatInt(r.ID, 10)
		}
		copied := r.Clone()
		copied.ID = 0
		probe := m.clone()
		if err := probe.PutRecord(copied); err != nil {
			return err
		}
	}
	if err := m.numbered(r.Realm, "record:"+core.Sequence(r.Kind), r.ID, taken); err != nil {
		return err
	}
	m.records = append(m.records, r.Clone())
	return nil
}

// PrepareInsert changes nothing.
func (m *model) PrepareInsert([]*core.User, []core.Membership) error { return nil }

func (m *model) InsertMembership(j core.Membership) error {
	probe, joined := m.clone(), j
	if err := probe.Join(&joined); err != nil {
		return err
	}
	if len(probe.members) == len(m.members) {
		return refuse(core.Conflict, core.Fault{Field: core.FieldID, Rule: core.Taken})
	}
	taken := slices.ContainsFunc(m.members, func(o core.Membership) bool {
		return o.Realm == j.Realm && o.Kind == j.Kind && o.ID == j.ID
	})
	if err := m.numbered(j.Realm, "membership:"+j.Kind, j.ID, taken); err != nil {
		return err
	}
	m.members = append(m.members, j)
	return nil
}
