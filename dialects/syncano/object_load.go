package syncano

import (
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

func (k *call) newLoader(tx *core.Tx) (*loader, error) {
	r, err := k.rights(tx)
	return &loader{k, k.class, r}, err
}

// load leaves out profiles whose people are marked as deleted.
func (l *loader) load(tx *core.Tx, rows []*core.Record) ([]dataObject, error) {
	objects := make([]dataObject, 0, len(rows))
	var owners, groups []int64
	for _, row := range rows {
		body, err := decodeObject(row)
		if err != nil {
			return nil, err
		}
		o := dataObject{class: l.class, row: row, body: body, owner: body.Owner}
		if l.class.IsProfile() {
			o.owner = row.Owner
		} else {
			o.values = body.attributes()
		}
		objects = append(objects, o)
		owners, groups = appendID(owners, o.owner), appendID(groups, body.Group)
	}
	if err := l.resolve(tx, objects, owners, groups); err != nil {
		return nil, err
	}
	if l.class.IsProfile() {
		objects = living(objects)
	}
	return objects, nil
}

func appendID(ids []int64, id int64) []int64 {
	if id != 0 {
		ids = append(ids, id)
	}
	return ids
}

// resolve finds the owners and groups, and drops those who are not there any more.
func (l *loader) resolve(tx *core.Tx, objects []dataObject, owners, groups []int64) error {
	realm := l.k.instance.Realm
	people := map[int64]*core.User{}
	if len(owners) > 0 {
		found, err := tx.Users(core.UserQuery{Realm: realm, IDs: schema.SortedIDs(owners)})
		if err != nil {
			return err
		}
		for _, u := range found {
			people[u.ID] = u
		}
	}
	byID, err := groupsByID(tx, realm, schema.SortedIDs(groups))
	if err != nil {
		return err
	}
	for i := range objects {
		o := &objects[i]
		u := people[o.owner]
		if u == nil {
			o.owner = 0
		} else if l.class.IsProfile() {
			o.user, o.values = u, u.Attributes
		}
		if byID[o.body.Group] != nil {
			o.group = o.body.Group
		}
	}
	return nil
}

func living(profiles []dataObject) []dataObject {
	kept := profiles[:0]
	for _, o := range profiles {
		if o.owner != 0 {
			kept = append(kept, o)
		}
	}
	return kept
}

// rights judges objects for one caller.
type rights struct {
	all    bool  // an account, or a key that ignores rights
	most   right // of an account that may only read
	class  schema.ClassRight
	user   int64
	groups []int64
	v2     bool
	anon   bool // reads what is open to all
}

// rights collects what decides about the caller's rights on objects of k.class.
func (k *call) rights(tx *core.Tx) (r rights, err error) {
	r = rights{v2: k.v.v2, most: rightFull}
	switch {
	case k.who.account != nil:
		r.all = true
		if k.who.role < writeRole {
			r.most = rightRead
		}
		return r, nil
	case k.who.key.IgnoreACL:
		r.all = true
		return r, nil
	}
	r.anon = k.who.key.AllowAnonymousRead || k.v.v2
	if k.class != nil {
		if r.class, err = k.classRight(tx, k.class); err != nil {
			return r, err
		}
	}
	if k.who.user == nil {
		return r, nil
	}
	r.user = k.who.user.ID
	list, err := tx.Memberships(core.MembershipQuery{Realm: k.instance.Realm, Kind: groupKind, Users: []int64{r.user}})
	for _, m := range list {
		r.groups = append(r.groups, m.Group)
	}
	return r, err
}

// of is what the caller may do with the object.
func (r *rights) of(o *dataObject) right {
	switch {
	case r.all:
		return r.most
	case r.v2:
		return r.ofACL(o)
	case r.class < schema.ClassRead:
		return rightNone
	case r.user == 0:
		return min(o.body.OtherRight, rightRead) // only reading is open to nobody in particular
	}
	most := o.body.OtherRight
	if o.owner == r.user {
		most = max(most, o.body.OwnerRight)
	}
	if o.group != 0 && r.in(o.group) {
		most = max(most, o.body.GroupRight)
	}
	return most
}

func (r *rights) in(group int64) bool {
	for _, g := range r.groups {
		if g == group {
			return true
		}
	}
	return false
}
