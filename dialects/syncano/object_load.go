package syncano

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// loader turns records of a class into objects that can be shown and judged,
// with a number of queries that does not depend on how many they are.
type loader struct {
	k      *call
	class  *schema.Class
	rights rights
}

func newLoader(c *call, tx *core.Tx) (*loader, error) {
	r, err := c.rights(tx)
	return &loader{c, c.class, r}, err
}

// load leaves out profiles whose users are marked as deleted.
func (l *loader) load(tx *core.Tx, rows []*core.Record) ([]*dataObject, error) {
	objects := make([]*dataObject, 0, len(rows))
	var owners, groups []int64
	for _, row := range rows {
		if l.class.IsProfile() {
			owners = append(owners, row.Owner)
			objects = append(objects, &dataObject{class: l.class, row: row, owner: row.Owner})
			continue
		}
		body, err := decodeObject(row)
		if err != nil {
			return nil, err
		}
		objects = append(objects, &dataObject{class: l.class, row: row, body: body, owner: body.Owner, values: body.attributes()})
		owners = appendID(owners, body.Owner)
	}
	objects, err := l.resolveOwners(tx, objects, owners)
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		groups = appendID(groups, o.body.Group)
	}
	return objects, l.resolveGroups(tx, objects, groups)
}

func appendID(ids []int64, id int64) []int64 {
	if id != 0 {
		ids = append(ids, id)
	}
	return ids
}

// resolveOwners drops owners that were removed since, and profiles with theirs.
func (l *loader) resolveOwners(tx *core.Tx, objects []*dataObject, owners []int64) ([]*dataObject, error) {
	users := map[int64]*core.User{}
	if len(owners) > 0 {
		found, err := tx.Users(core.UserQuery{Realm: l.k.instance.Realm, IDs: schema.SortedIDs(owners)})
		if err != nil {
			return nil, err
		}
		for _, u := range found {
			users[u.ID] = u
		}
	}
	kept := objects[:0]
	for _, o := range objects {
		u := users[o.owner]
		switch {
		case u == nil && l.class.IsProfile():
			continue
		case u == nil:
			o.owner = 0
		case l.class.IsProfile():
			if err := o.fillProfile(l.class, u); err != nil {
				return nil, err
			}
		}
		kept = append(kept, o)
	}
	return kept, nil
}

// resolveGroups sets the groups that exist.
func (l *loader) resolveGroups(tx *core.Tx, objects []*dataObject, groups []int64) error {
	byID, err := groupsByID(tx, l.k.instance.Realm, schema.SortedIDs(groups))
	if err != nil {
		return err
	}
	for _, o := range objects {
		if byID[o.body.Group] != nil {
			o.group = o.body.Group
		}
	}
	return nil
}

// rights judges objects for one caller.
type rights struct {
	all    bool  // an account, or a key that ignores rights
	most   right // of an account that may only read
	class  schema.ClassRight
	user   int64
	groups []int64
	// v1 and v2 are the versions whose rules count; see rulesInForce.
	v1, v2 bool
}

// rights collects what decides about the caller's rights on objects of k.class.
func (c *call) rights(tx *core.Tx) (rights, error) { return rightsOn(c, tx, c.class) }

// rightsOn is rights for objects of another class, or of none.
func rightsOn(c *call, tx *core.Tx, class *schema.Class) (r rights, err error) {
	r = rights{most: rightFull}
	r.v1, r.v2 = c.rulesInForce()
	switch {
	case c.caller.account != nil:
		r.all = true
		if c.caller.role < writeRole {
			r.most = rightRead
		}
		return r, nil
	case c.caller.key.IgnoreACL:
		r.all = true
		return r, nil
	}
	if class != nil {
		if r.class, err = classRight(c, tx, class); err != nil {
			return r, err
		}
	}
	if c.caller.user == nil {
		return r, nil
	}
	r.user = c.caller.user.ID
	list, err := tx.Memberships(core.MembershipQuery{Realm: c.instance.Realm, Kind: groupKind, Users: []int64{r.user}})
	for _, m := range list {
		r.groups = append(r.groups, m.Group)
	}
	return r, err
}

// of is what the caller may do with the object. The users of v2 are not objects of
// the profile's class in v1, where other rules decide about them.
func (r *rights) of(o *dataObject) right {
	if r.all {
		return r.most
	}
	have := rightFull
	if r.v1 && !(r.v2 && o.class.IsProfile()) {
		have = r.ofRights(o)
	}
	if r.v2 {
		have = min(have, r.ofACL(o))
	}
	return have
}

// ofRights is what the caller may do with the object by v1's rights.
func (r *rights) ofRights(o *dataObject) right {
	switch {
	case r.class < schema.ClassRead:
		return rightNone
	case r.user == 0:
		return min(o.body.OtherRight, rightRead) // callers without a user may only read
	}
	most := o.body.OtherRight
	if o.owner == r.user {
		most = max(most, o.body.OwnerRight)
	}
	if o.group != 0 && slices.Contains(r.groups, o.group) {
		most = max(most, o.body.GroupRight)
	}
	return most
}
