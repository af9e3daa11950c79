package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// planRoutes are those of the buckets, under the path and the name that the version has for them.
// source: vendor reference, buckets and billing plans.
func (d *Dialect) planRoutes() []route {
	base := d.version.plan().path
	return []route{
		{"GET", base, "buckets.list", listBuckets},
		{"POST", base, "buckets.create", createBucket},
		{"GET", base + "/:id", "buckets.show", getBucket},
		{"PUT", base + "/:id", "buckets.update", updateBucket},
		{"DELETE", base + "/:id", "buckets.delete", deleteBucket},
		{"POST", base + "/:id/clone", "buckets.clone", cloneBucket},
	}
}

func (d *Dialect) nounBucket() noun { return noun{d.version.plan().root, d.version.plan().list} }

func writeBucket(e stream, b *bucket) { b.write(e) }

func listBuckets(c *call) (reply, error) {
	if err := forbidden(!c.some(mayReadPlans) && !c.all(mayListPlans)); err != nil {
		return reply{}, err
	}
	var all []*bucket
	p := c.pageOf()
	err := c.view(func(tx *core.Tx) error {
		var ids []int64
		if !c.all(mayReadPlans) && !c.all(mayListPlans) {
			own, err := c.ownBucket()
			if err != nil {
				return err
			}
			ids = []int64{own}
		}
		found, err := c.d.bucketsIn(tx, ids)
		if err != nil {
			return err
		}
		all = cut(p, found)
		return c.countUsersOf(tx, all)
	})
	return showList(c.d.nounBucket(), all, p, writeBucket), err
}

func (c *call) ownBucket() (int64, error) {
	f, err := c.d.facetOf(c.user)
	if err != nil {
		return 0, err
	}
	return (&userView{facet: f}).bucket(), nil
}

// bucketAt reads the bucket that the path names and refuses a caller who lacks the right.
func (c *call) bucketAt(tx *core.Tx, a access) (*core.Group, *bucket, error) {
	g, err := tx.Group(core.GroupRef{Realm: c.realm(), Kind: kindBucket, ID: c.id("id")})
	if err != nil {
		return nil, nil, err
	}
	if !c.all(a) {
		own, err := c.ownBucket()
		if err != nil {
			return nil, nil, err
		}
		if err := forbidden(!c.some(a) || own != g.ID); err != nil {
			return nil, nil, err
		}
	}
	b, err := readBucket(g)
	return g, b, err
}

func getBucket(c *call) (reply, error) {
	var b *bucket
	err := c.view(func(tx *core.Tx) (err error) {
		if _, b, err = c.bucketAt(tx, mayReadPlans); err != nil {
			return err
		}
		return c.countUsersOf(tx, []*bucket{b})
	})
	return showObject(c.d.nounBucket(), b, writeBucket), err
}

func createBucket(c *call) (reply, error) {
	if err := forbidden(!c.all(mayCreatePlans)); err != nil {
		return reply{}, err
	}
	return c.addBucket(func(*core.Tx) (*bucket, error) {
		b := &bucket{currency: defaultCurrency}
		return b, b.apply(c.resource(c.d.nounBucket().one), true)
	})
}

// cloneBucket copies a bucket; the copy has no users.
func cloneBucket(c *call) (reply, error) {
	if err := forbidden(!c.all(mayCreatePlans)); err != nil {
		return reply{}, err
	}
	return c.addBucket(func(tx *core.Tx) (*bucket, error) {
		_, b, err := c.bucketAt(tx, mayReadPlans)
		if err != nil {
			return nil, err
		}
		b.label = "Clone of " + b.label
		return b, nil
	})
}

func (c *call) addBucket(prepare func(*core.Tx) (*bucket, error)) (reply, error) {
	var b *bucket
	err := c.update(func(tx *core.Tx) error {
		draft, err := prepare(tx)
		if err != nil {
			return err
		}
		g := &core.Group{Realm: c.realm(), Kind: kindBucket}
		draft.store(g)
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
		b, err = readBucket(g)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return created(c.d.nounBucket(), c.d.version.plan().path, b.id, b, writeBucket), nil
}

func updateBucket(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		g, b, err := c.bucketAt(tx, mayUpdatePlans)
		if err != nil {
			return err
		}
		if err := b.apply(c.resource(c.d.nounBucket().one), false); err != nil {
			return err
		}
		b.store(g)
		return tx.SaveGroup(g)
	})
	return c.d.done(), err
}

// deleteBucket refuses the one that everybody has who was given none, and one that somebody has.
func deleteBucket(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		g, _, err := c.bucketAt(tx, mayDeletePlans)
		if err != nil {
			return err
		}
		if g.ID == defaultBucket {
			return core.NewInvalid(core.Fault{Field: fieldBase, Value: baseDefaultPlan})
		}
		rows, err := tx.Memberships(core.MembershipQuery{Realm: c.realm(), Kind: kindBucket, Group: g.ID, Limit: 1})
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			return core.NewInvalid(core.Fault{Field: fieldBase, Value: basePlanInUse})
		}
		return tx.RemoveGroup(g)
	})
	return c.d.done(), err
}

// countUsersOf fills in how many users have each bucket. Those who were given none have the default one.
func (c *call) countUsersOf(tx *core.Tx, buckets []*bucket) error {
	for _, b := range buckets {
		n, err := c.usersOf(tx, b.id)
		if err != nil {
			return err
		}
		b.users = n
	}
	return nil
}

func (c *call) usersOf(tx *core.Tx, id int64) (int, error) {
	q := core.UserQuery{Realm: c.realm(), Deleted: true, Member: id, MemberKind: kindBucket}
	if id != defaultBucket {
		return tx.CountUsers(q)
	}
	n, err := tx.CountUsers(core.UserQuery{Realm: c.realm(), Deleted: true})
	if err != nil {
		return 0, err
	}
	others, err := tx.Groups(core.GroupQuery{Realm: c.realm(), Kind: kindBucket})
	for _, g := range others {
		if err == nil && g.ID != defaultBucket {
			var given int
			q.Member = g.ID
			given, err = tx.CountUsers(q)
			n -= given
		}
	}
	return n, err
}
