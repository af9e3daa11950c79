package storetest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

func (m *model) GetGroup(ref core.GroupRef) (*core.Group, error) {
	for _, g := range m.groups {
		if g.Realm == ref.Realm && g.Kind == ref.Kind && (ref.ID != 0 && g.ID == ref.ID ||
			ref.ID == 0 && ref.UID != "" && g.UID == ref.UID || ref.ID == 0 && ref.UID == "" && ref.Key != "" && g.Key == ref.Key) {
			return g, nil
		}
	}
	return nil, refuse(core.NotFound)
}

func (m *model) ListGroups(q core.GroupQuery) ([]*core.Group, error) {
	var list []*core.Group
	for _, g := range m.groups {
		if g.Realm == q.Realm && g.Kind == q.Kind && inBounds(g.ID, q.IDs, q.AfterID, q.BeforeID) &&
			(q.Parent == 0 || g.Parent == q.Parent) {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(a, b *core.Group) int {
		if q.Desc {
			a, b = b, a
		}
		if q.ByName {
			return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return page(list, q.Limit, q.Offset), nil
}

func (m *model) PutGroup(g *core.Group) error {
	at := slices.IndexFunc(m.groups, func(o *core.Group) bool {
		return o.Realm == g.Realm && o.Kind == g.Kind && o.ID == g.ID
	})
	if g.ID != 0 && at < 0 {
		return refuse(core.NotFound)
	}
	var faults []core.Fault
	if o, err := m.GetGroup(core.GroupRef{Realm: g.Realm, Kind: g.Kind, UID: g.UID}); err == nil && o.ID != g.ID {
		faults = append(faults, core.Fault{Field: core.FieldUID, Rule: core.Taken})
	}
	if o, err := m.GetGroup(core.GroupRef{Realm: g.Realm, Kind: g.Kind, Key: g.Key}); err == nil && o.ID != g.ID {
		faults = append(faults, core.Fault{Field: core.FieldKey, Rule: core.Taken})
	}
	if faults != nil {
		return refuse(core.Conflict, faults...)
	}
	if at >= 0 {
		m.groups[at] = g.Clone()
		return nil
	}
	g.ID = m.next(g.Realm, "group:"+g.Kind)
	m.groups = append(m.groups, g.Clone())
	return nil
}

func (m *model) DropGroup(realm core.Realm, kind string, id int64) error {
	n := len(m.groups)
	m.groups = slices.DeleteFunc(m.groups, func(g *core.Group) bool { return g.Realm == realm && g.Kind == kind && g.ID == id })
	if len(m.groups) == n {
		return refuse(core.NotFound)
	}
	m.members = slices.DeleteFunc(m.members, func(o core.Membership) bool {
		return o.Realm == realm && o.Kind == kind && o.Group == id
	})
	return nil
}

func (m *model) Join(j *core.Membership) error {
	_, userErr := m.GetUser(core.ByID(j.Realm, j.User))
	_, groupErr := m.GetGroup(core.GroupRef{Realm: j.Realm, Kind: j.Kind, ID: j.Group})
	if userErr != nil || groupErr != nil {
		return refuse(core.NotFound)
	}
	for _, o := range m.members {
		if o.Realm == j.Realm && o.Kind == j.Kind && o.User == j.User && o.Group == j.Group {
			j.ID = o.ID
			return nil
		}
	}
	j.ID = m.next(j.Realm, "membership:"+j.Kind)
	m.members = append(m.members, *j)
	return nil
}

func (m *model) Leave(l core.Membership) error {
	m.members = slices.DeleteFunc(m.members, func(o core.Membership) bool {
		return o.Realm == l.Realm && o.Kind == l.Kind && o.User == l.User && o.Group == l.Group
	})
	return nil
}

func (m *model) ListMemberships(q core.MembershipQuery) ([]core.Membership, error) {
	var list []core.Membership
	for _, o := range m.members {
		if o.Realm == q.Realm && (q.Kind == "" || o.Kind == q.Kind) && inBounds(o.ID, nil, q.AfterID, q.BeforeID) &&
			(q.Users == nil || slices.Contains(q.Users, o.User)) && (q.Group == 0 || o.Group == q.Group) &&
			(q.Groups == nil || slices.Contains(q.Groups, o.Group)) {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b core.Membership) int {
		if q.Desc {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(a.ID, b.ID), strings.Compare(a.Kind, b.Kind))
	})
	return page(list, q.Limit, 0), nil
}

func (m *model) GetRecord(ref core.RecordRef) (*core.Record, error) {
	for _, r := range m.records {
		if r.Realm == ref.Realm && r.Kind == ref.Kind && (ref.ID != 0 && r.ID == ref.ID || ref.ID == 0 && r.Key == ref.Key) {
			return r, nil
		}
	}
	return nil, refuse(core.NotFound)
}

func (m *model) ListRecords(q core.RecordQuery) ([]*core.Record, error) {
	list := m.matchingRecords(q)
	slices.SortFunc(list, func(a, b *core.Record) int {
		if q.Desc {
			a, b = b, a
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return page(list, q.Limit, q.Offset), nil
}

func (m *model) CountRecords(q core.RecordQuery) (int, error) { return len(m.matchingRecords(q)), nil }

func (m *model) matchingRecords(q core.RecordQuery) (list []*core.Record) {
	for _, r := range m.records {
		if r.Realm == q.Realm && r.Kind == q.Kind && inBounds(r.ID, q.IDs, q.AfterID, q.BeforeID) &&
			strings.HasPrefix(r.Key, q.KeyPrefix) && (q.Owners == nil || r.Owner != 0 && slices.Contains(q.Owners, r.Owner)) {
			list = append(list, r)
		}
	}
	return list
}

func (m *model) PutRecord(r *core.Record) error {
	at := slices.IndexFunc(m.records, func(o *core.Record) bool {
		return o.Realm == r.Realm && o.Kind == r.Kind && o.ID == r.ID
	})
	if _, err := m.GetUser(core.ByID(r.Realm, r.Owner)); r.Owner != 0 && err != nil {
		return err
	}
	if r.ID != 0 && at < 0 {
		return refuse(core.NotFound)
	}
	if at >= 0 && m.records[at].Revision != r.Revision-1 {
		return refuse(core.Stale)
	}
	if r.ID != 0 && r.Key == "" {
		r.Key = strconv.FormatInt(r.ID, 10)
	}
	if o, err := m.GetRecord(core.RecordRef{Realm: r.Realm, Kind: r.Kind, Key: r.Key}); err == nil && o.ID != r.ID {
		return refuse(core.Conflict, core.Fault{Field: core.FieldKey, Rule: core.Taken})
	}
	if at >= 0 {
		m.records[at] = r.Clone()
		return nil
	}
	m.number(r)
	m.records = append(m.records, r.Clone())
	return nil
}

// number gives the record the next number whose key is free, if it needs that.
func (m *model) number(r *core.Record) {
	for {
		r.ID = m.next(r.Realm, "record:"+core.Sequence(r.Kind))
		if r.Key != "" {
			return
		}
		key := strconv.FormatInt(r.ID, 10)
		if _, err := m.GetRecord(core.RecordRef{Realm: r.Realm, Kind: r.Kind, Key: key}); err != nil {
			r.Key = key
			return
		}
	}
}

func (m *model) DropRecord(realm core.Realm, kind string, id int64) error {
	n := len(m.records)
	m.records = slices.DeleteFunc(m.records, func(r *core.Record) bool { return r.Realm == realm && r.Kind == kind && r.ID == id })
	if len(m.records) == n {
		return refuse(core.NotFound)
	}
	return nil
}

func (m *model) ListRealms() (realms []core.Realm, err error) {
	for key := range m.last {
		realm, _, _ := strings.Cut(key, "\x00")
		if !slices.Contains(realms, core.Realm(realm)) {
			realms = append(realms, core.Realm(realm))
		}
	}
	return realms, nil
}

func (m *model) DropRealm(realm core.Realm) error {
	m.users = slices.DeleteFunc(m.users, func(u *core.User) bool { return u.Realm == realm })
	m.groups = slices.DeleteFunc(m.groups, func(g *core.Group) bool { return g.Realm == realm })
	m.members = slices.DeleteFunc(m.members, func(o core.Membership) bool { return o.Realm == realm })
	m.records = slices.DeleteFunc(m.records, func(r *core.Record) bool { return r.Realm == realm })
	return nil
}
