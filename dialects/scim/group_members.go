package scim

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// memberEdit collects what a request does to the members of a group. It reads only
// the users that the request names, so that a change of a large group costs what the
// change costs.
type memberEdit struct {
	c     *call
	tx    *core.Tx
	group *core.Group
	users map[string]*core.User // by id; nil for an unknown one
	// cleared says that all members go but those that are added afterwards.
	cleared bool
	want    map[int64]bool // by the user's number: in or out
	order   []*core.User   // of want, in the order of the request
	// stored are the members before the request, once a filter needed them.
	stored []wire.Value
	loaded bool
	work   schema.Work
}

func editMembers(c *call, tx *core.Tx, g *core.Group) *memberEdit {
	return &memberEdit{c: c, tx: tx, group: g, users: map[string]*core.User{}, want: map[int64]bool{}}
}

// apply does one change of a PATCH.
func (e *memberEdit) apply(change schema.Change) error {
	switch {
	case change.Filter != nil:
		return e.removeMatching(change)
	case change.Op == schema.Remove && change.Value.IsNull(), change.Removes() && change.Op == schema.Replace:
		e.clear()
		return nil
	}
	ids, err := listedIDs(change)
	if err != nil {
		return err
	}
	if change.Op == schema.Remove {
		for _, id := range ids {
			if err := e.set(id, false); err != nil {
				return err
			}
		}
		return nil
	}
	if change.Op == schema.Replace {
		e.clear()
	}
	return e.add(ids)
}

// listedIDs are the ids in the value of a change.
func listedIDs(change schema.Change) (ids []string, err error) {
	items, err := change.Sent()
	for _, item := range items {
		ids = append(ids, schema.ValueOf(item))
	}
	return ids, err
}

// clear lets all members leave, and those that were added before.
func (e *memberEdit) clear() {
	e.cleared, e.order, e.want = true, nil, map[int64]bool{}
}

// add lets users join. Unknown ids are left out, since clients do not send the others
// again; a list of nothing else is a mistake.
func (e *memberEdit) add(ids []string) error {
	known := 0
	for _, id := range ids {
		u, err := e.user(id)
		if err != nil {
			return err
		}
		if u != nil {
			known++
			e.want[u.ID] = true
			e.order = append(e.order, u)
		}
	}
	if known == 0 && len(ids) > 0 {
		return bad(schema.InvalidValue, textNoMember)
	}
	return nil
}

func (e *memberEdit) set(id string, in bool) error {
	u, err := e.user(id)
	if err == nil && u != nil {
		e.want[u.ID] = in
		e.order = append(e.order, u)
	}
	return err
}

// user finds a user by id; nil for an unknown one.
func (e *memberEdit) user(id string) (*core.User, error) {
	u, known := e.users[id]
	if known || !isID(id) {
		return u, nil
	}
	u, err := e.tx.User(core.ByUID(e.group.Realm, id))
	if errors.Is(err, core.ErrNotFound) {
		u, err = nil, nil
	}
	e.users[id] = u
	return u, err
}

// removeMatching removes the members that a filter finds: by their ids if it names
// them, and else among all.
func (e *memberEdit) removeMatching(change schema.Change) error {
	if change.Op != schema.Remove {
		return bad(schema.IsReadOnly, `The values of "members" cannot be changed.`)
	}
	ids, ok := valuesOf(change.Filter)
	if !ok {
		items, err := e.storedMembers(change)
		if err != nil {
			return err
		}
		for _, item := range items {
			if change.Matches(item) {
				ids = append(ids, schema.ValueOf(item))
			}
		}
	}
	for _, id := range ids {
		if err := e.set(id, false); err != nil {
			return err
		}
	}
	return nil
}

// storedMembers returns the members before the request. It fails if the request tests
// too many of them by its filters, of which change has the next one.
func (e *memberEdit) storedMembers(change schema.Change) ([]wire.Value, error) {
	var err error
	spend := func(members int) bool {
		err = e.work.Spend(change.TestCost(members))
		return err == nil
	}
	if e.loaded {
		spend(len(e.stored))
		return e.stored, err
	}
	r := schema.Resource{}
	if failed := e.c.addMembers(e.tx, []*core.Group{e.group}, []schema.Resource{r}, spend); err == nil {
		err = failed
	}
	e.stored, e.loaded = r[attrMembers].Items(), true
	return e.stored, err
}

// store makes the memberships what they should be, and reports whether any changed.
func (e *memberEdit) store() (changed bool, err error) {
	members, err := e.members()
	if err != nil {
		return false, err
	}
	for _, u := range e.order {
		in := e.want[u.ID]
		if in == members[u.ID] {
			continue
		}
		if changed, members[u.ID] = true, in; in {
			_, err = e.tx.Join(u, e.group)
		} else {
			err = e.tx.Leave(u, e.group)
		}
		if err != nil {
			return false, err
		}
	}
	if !e.cleared {
		return changed, nil
	}
	for id, in := range members {
		if in && !e.want[id] {
			changed = true
			if err := e.tx.Leave(&core.User{ID: id, Realm: e.group.Realm}, e.group); err != nil {
				return false, err
			}
		}
	}
	return changed, nil
}

// members returns who is a member now: of all, if all may go, and else of the users
// that the request names.
func (e *memberEdit) members() (map[int64]bool, error) {
	in := map[int64]bool{}
	if e.group.ID == 0 {
		return in, nil
	}
	if e.cleared {
		return in, e.list(in, core.MembershipQuery{Group: e.group.ID})
	}
	ids := make([]int64, 0, len(e.order))
	for _, u := range e.order {
		ids = append(ids, u.ID)
	}
	for len(ids) > 0 {
		n := min(len(ids), scanBatch)
		if err := e.list(in, core.MembershipQuery{Users: ids[:n]}); err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return in, nil
}

func (e *memberEdit) list(in map[int64]bool, q core.MembershipQuery) error {
	q.Realm, q.Kind = e.group.Realm, e.group.Kind
	found, err := e.tx.Memberships(q)
	for _, m := range found {
		if m.Group == e.group.ID {
			in[m.User] = true
		}
	}
	return err
}
