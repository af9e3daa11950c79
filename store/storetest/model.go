package storetest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// model is the plainest store one can write, to compare real ones with. Its
// lists are in order of ID within a realm and kind.
type model struct {
	users   []*core.User
	groups  []*core.Group
	members []core.Membership
	records []*core.Record
	last    map[string]int64
}

func (m *model) clone() *model {
	c := &model{members: slices.Clone(m.members), last: map[string]int64{}}
	for _, u := range m.users {
		c.users = append(c.users, u.Clone())
	}
	for _, g := range m.groups {
		c.groups = append(c.groups, g.Clone())
	}
	for _, r := range m.records {
		c.records = append(c.records, r.Clone())
	}
	for k, v := range m.last {
		c.last[k] = v
	}
	return c
}

func (m *model) next(realm core.Realm, sequence string) int64 {
	key := string(realm) + "\x00" + sequence
	m.last[key]++
	return m.last[key]
}

func refuse(kind core.Kind, faults ...core.Fault) error {
	return &core.Error{Kind: kind, Faults: faults}
}

func (m *model) GetUser(ref core.UserRef) (*core.User, error) {
	for _, u := range m.users {
		if u.Realm == ref.Realm && named(u, ref) {
			return u, nil
		}
	}
	return nil, refuse(core.NotFound)
}

func named(u *core.User, ref core.UserRef) bool {
	switch {
	case ref.ID != 0:
		return u.ID == ref.ID
	case ref.UID != "":
		return u.UID == ref.UID
	case ref.Handle.Kind == core.HandleUsername:
		return core.Fold(u.Username) == ref.Handle.Value
	case ref.Handle.Kind == core.HandleEmail:
		return u.Email != "" && core.Fold(u.Email) == ref.Handle.Value
	}
	return slices.Contains(u.Handles, ref.Handle)
}

func (m *model) PutUser(u *core.User) error {
	at := slices.IndexFunc(m.users, func(o *core.User) bool { return o.Realm == u.Realm && o.ID == u.ID })
	if u.ID != 0 && at < 0 {
		return refuse(core.NotFound)
	}
	if at >= 0 && m.users[at].Revision != u.Revision-1 {
		return refuse(core.Stale)
	}
	if faults := m.userFaults(u); faults != nil {
		return refuse(core.Conflict, faults...)
	}
	if at >= 0 {
		m.users[at] = u.Clone()
		return nil
	}
	u.ID = m.next(u.Realm, "users")
	m.users = append(m.users, u.Clone())
	return nil
}

func (m *model) userFaults(u *core.User) (faults []core.Fault) {
	look := func(f core.Field, ref core.UserRef) {
		if o, err := m.GetUser(ref); err == nil && o.ID != u.ID {
			faults = append(faults, core.Fault{Field: f, Rule: core.Taken, Value: ref.Handle.Kind})
		}
	}
	look(core.FieldUID, core.ByUID(u.Realm, u.UID))
	look(core.FieldUsername, core.ByUsername(u.Realm, u.Username))
	if u.Email != "" {
		look(core.FieldEmail, core.ByEmail(u.Realm, u.Email))
	}
	for _, h := range u.Handles {
		look(core.FieldHandle, core.ByHandle(u.Realm, h.Kind, h.Value))
	}
	return faults
}

func (m *model) DropUser(realm core.Realm, id int64) error {
	n := len(m.users)
	m.users = slices.DeleteFunc(m.users, func(u *core.User) bool { return u.Realm == realm && u.ID == id })
	if len(m.users) == n {
		return refuse(core.NotFound)
	}
	m.members = slices.DeleteFunc(m.members, func(o core.Membership) bool { return o.Realm == realm && o.User == id })
	m.records = slices.DeleteFunc(m.records, func(r *core.Record) bool { return r.Realm == realm && r.Owner == id })
	return nil
}

func (m *model) ListUsers(q core.UserQuery) ([]*core.User, error) {
	list := m.matching(q)
	compare := userOrder(q)
	slices.SortFunc(list, compare)
	if q.After != nil {
		list = slices.DeleteFunc(list, func(u *core.User) bool { return compare(u, q.After) <= 0 })
	}
	return page(list, q.Limit, q.Offset), nil
}

func (m *model) CountUsers(q core.UserQuery) (int, error) { return len(m.matching(q)), nil }

func (m *model) matching(q core.UserQuery) (list []*core.User) {
	for _, u := range m.users {
		keep := u.Realm == q.Realm && inBounds(u.ID, q.IDs, q.AfterID, q.BeforeID) && updatedWithin(u.UpdatedAt, q) &&
			(q.Deleted || u.DeletedAt.IsZero()) &&
			(!q.Disabled || !u.Enabled) &&
			(q.ExpiredBy.IsZero() || u.Enabled && !u.EnabledUntil.IsZero() && !u.EnabledUntil.After(q.ExpiredBy)) &&
			strings.HasPrefix(core.Fold(u.Username), q.UsernamePrefix) &&
			(q.Member == 0 || m.joined(u, q.MemberKind, q.Member)) &&
			(q.HandleKind == "" || u.Handle(q.HandleKind) != "") &&
			(len(q.Search.Terms) == 0 || found(u, q.Search))
		if keep {
			list = append(list, u)
		}
	}
	return list
}

func inBounds(id int64, ids []int64, after, before int64) bool {
	return (ids == nil || slices.Contains(ids, id)) && id > after && (before == 0 || id < before)
}

func (m *model) joined(u *core.User, kind string, group int64) bool {
	return slices.ContainsFunc(m.members, func(o core.Membership) bool {
		return o.Realm == u.Realm && o.Kind == kind && o.Group == group && o.User == u.ID
	})
}

func found(u *core.User, s core.Search) bool {
	texts := map[core.Field][]string{
		core.FieldUsername: {u.Username}, core.FieldEmail: {u.Email}, core.FieldUID: {u.UID},
		core.FieldName: {u.Name.Formatted, u.Name.Given, u.Name.Family}, core.FieldFullName: {u.Name.Full()},
	}
	var all []string
	for _, f := range s.Fields {
		all = append(all, texts[f]...)
	}
	for _, name := range s.Attributes {
		if v, ok := u.Attributes.Get(name); ok && strings.HasPrefix(v, `"`) {
			text, err := strconv.Unquote(v)
			if err == nil {
				all = append(all, text)
			}
		}
	}
	for _, text := range all {
		for _, term := range s.Terms {
			if strings.Contains(core.Fold(text), term) {
				return true
			}
		}
	}
	return slices.Contains(s.OrIDs, u.ID)
}

// updatedWithin reports whether the time is within the bounds of q, which no user without
// one meets.
func updatedWithin(at time.Time, q core.UserQuery) bool {
	if q.UpdatedFrom.IsZero() && q.UpdatedBefore.IsZero() {
		return true
	}
	return !at.IsZero() && !at.Before(q.UpdatedFrom) && (q.UpdatedBefore.IsZero() || at.Before(q.UpdatedBefore))
}

// userOrder compares users as q sorts them.
func userOrder(q core.UserQuery) func(a, b *core.User) int {
	return func(a, b *core.User) int {
		if q.Desc {
			a, b = b, a
		}
		return cmp.Or(byKey(q.Order, a, b), cmp.Compare(a.ID, b.ID))
	}
}

func byKey(o core.Order, a, b *core.User) int {
	texts := func(x, y string) int {
		return cmp.Or(cmp.Compare(flag(x == ""), flag(y == "")), strings.Compare(x, y))
	}
	times := func(x, y time.Time) int {
		return cmp.Or(cmp.Compare(flag(x.IsZero()), flag(y.IsZero())), x.Compare(y))
	}
	switch o {
	case core.OrderUsername:
		return texts(core.Fold(a.Username), core.Fold(b.Username))
	case core.OrderEmail:
		return texts(core.Fold(a.Email), core.Fold(b.Email))
	case core.OrderUID:
		return texts(a.UID, b.UID)
	case core.OrderName:
		return texts(sortName(a.Name), sortName(b.Name))
	case core.OrderCreatedAt:
		return times(a.CreatedAt, b.CreatedAt)
	case core.OrderUpdatedAt:
		return times(a.UpdatedAt, b.UpdatedAt)
	}
	return 0
}

// sortName sorts by the formatted name where there is one, else by given name,
// and in both cases by what follows.
func sortName(n core.Name) string {
	switch {
	case n == core.Name{}:
		return ""
	case n.Formatted == "":
		return core.Fold(n.Given + "\x1f" + n.Family)
	}
	return core.Fold(n.Formatted + "\x1f" + n.Given + "\x1f" + n.Family)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func page[T any](list []T, limit, offset int) []T {
	list = list[min(offset, len(list)):]
	if limit > 0 {
		list = list[:min(limit, len(list))]
	}
	return list
}
