package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// kindBucket is the kind of the groups that are buckets, which old versions call billing plans. The
// members are the users who were given the bucket; their facets have its id too.
const kindBucket = "onapp.bucket"

// defaultBucket is the bucket that every panel has, of users who were given none.
const defaultBucket int64 = 1

const defaultCurrency = "USD"

// bucketRoutes are the routes of the buckets, under the version's path.
// See REFERENCE.md, "Buckets and billing plans".
func (d *Dialect) bucketRoutes() []route {
	base := d.version.bucketPath()
	all := []route{
		{"GET", base, "buckets.list", listBuckets},
		{"POST", base, "buckets.create", createBucket},
		{"GET", base + "/:id", "buckets.show", getBucket},
		{"PUT", base + "/:id", "buckets.update", updateBucket},
		{"DELETE", base + "/:id", "buckets.delete", deleteBucket},
		{"POST", base + "/:id/clone", "buckets.clone", cloneBucket},
	}
	switch {
	case d.version >= v56:
		all = append(all, accessControls.routes(base+"/:id")...)
		all = append(all, rateCards.routes(base+"/:id")...)
	case d.version >= v52:
		all = append(all, route{"GET", "/billing/company/plans", "company_plans.list", listCompanyPlans})
		fallthrough
	default:
		all = append(all, d.baseResourceRoutes()...)
	}
	return all
}

// bucketBody is the stored document of a bucket.
type bucketBody struct {
	Version   int          `json:"v"`
	Currency  string       `json:"currency_code,omitempty"`
	ShowPrice optionalBool `json:"show_price,omitempty"`
	Price     money        `json:"price_micros,omitempty"`
	AllowsMAK bool         `json:"allows_mak,omitempty"`
	AllowsKMS bool         `json:"allows_kms,omitempty"`
	AllowsOwn bool         `json:"allows_own,omitempty"`

	AccessControls []bucketItem `json:"access_controls,omitempty"`
	RateCards      []bucketItem `json:"rate_cards,omitempty"`

	BaseResources []baseResource `json:"base_resources,omitempty"`
	LastResource  int64          `json:"last_resource,omitempty"` // the highest ID that was given
}

// bucketView is what is shown of a bucket.
type bucketView struct {
	group *core.Group
	*bucketBody
	users int // not inside a user group
}

func bucketViewOf(g *core.Group) (bucketView, error) {
	body, err := decodeBody[bucketBody](g.Body)
	return bucketView{group: g, bucketBody: body}, err
}

// writeBucketView writes what is inside a bucket.
func (d *Dialect) writeBucketView(e stream, v bucketView) {
	writeBucket(e, v)
	e.Int("associated_with_users", int64(v.users))
	if d.version < v56 {
		writeBaseResources(e, v)
	}
}

// writeBucket writes a bucket inside a user group.
func writeBucket(e stream, v bucketView) {
	e.Int("id", v.group.ID)
	e.Str("label", v.group.Name)
	e.Time("created_at", v.group.CreatedAt)
	e.Time("updated_at", v.group.UpdatedAt)
	e.Str("currency_code", v.Currency)
	writeOptional(e, "show_price", v.ShowPrice)
	e.Decimal("monthly_price", v.Price.String())
	e.Bool("allows_mak", v.AllowsMAK)
	e.Bool("allows_kms", v.AllowsKMS)
	e.Bool("allows_own", v.AllowsOwn)
}

// loadBuckets reads the buckets with these ids; all for nil.
func loadBuckets(tx *core.Tx, realm core.Realm, ids []int64) ([]bucketView, error) {
	groups, err := tx.Groups(core.GroupQuery{Realm: realm, Kind: kindBucket, IDs: ids})
	if err != nil {
		return nil, err
	}
	all := make([]bucketView, len(groups))
	for i, g := range groups {
		if all[i], err = bucketViewOf(g); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// listBuckets shows all buckets, or its own to a caller who may not see others.
func listBuckets(c *call) (reply, error) {
	if err := require(c.maySome(mayReadBuckets) || c.mayAll(mayListBuckets)); err != nil {
		return reply{}, err
	}
	var all []bucketView
	p := c.readPage()
	err := c.view(func(tx *core.Tx) error {
		var ids []int64
		if !c.mayAll(mayReadBuckets) && !c.mayAll(mayListBuckets) {
			ids = []int64{bucketOf(c.facet)}
		}
		found, err := loadBuckets(tx, c.d.cfg.Realm, ids)
		if err != nil {
			return err
		}
		all = cut(p, found)
		for i := range all {
			if all[i].users, err = countBucketUsers(tx, all[i].group); err != nil {
				return err
			}
		}
		return nil
	})
	return showList(c.d.version.bucketNoun(), all, p, c.d.writeBucketView), err
}

func getBucket(c *call) (reply, error) {
	var v bucketView
	err := c.view(func(tx *core.Tx) error {
		g, err := c.readableBucket(tx)
		if err != nil {
			return err
		}
		if v, err = bucketViewOf(g); err != nil {
			return err
		}
		v.users, err = countBucketUsers(tx, g)
		return err
	})
	return showObject(c.d.version.bucketNoun(), v, c.d.writeBucketView), err
}

// readableBucket reads the bucket that the path names and refuses a caller who may not see it.
func (c *call) readableBucket(tx *core.Tx) (*core.Group, error) {
	g, err := tx.Group(core.GroupRef{Realm: c.d.cfg.Realm, Kind: kindBucket, ID: c.id("id")})
	if err != nil {
		return nil, err
	}
	return g, require(c.mayAll(mayReadBuckets) || c.maySome(mayReadBuckets) && bucketOf(c.facet) == g.ID)
}

// countBucketUsers counts the users of a bucket. Users who were given none have the default one.
func countBucketUsers(tx *core.Tx, g *core.Group) (int, error) {
	q := core.UserQuery{Realm: g.Realm, Deleted: true, Member: g.ID, MemberKind: kindBucket}
	if g.ID != defaultBucket {
		return tx.CountUsers(q)
	}
	n, err := tx.CountUsers(core.UserQuery{Realm: g.Realm, Deleted: true})
	if err != nil {
		return 0, err
	}
	others, err := tx.Groups(core.GroupQuery{Realm: g.Realm, Kind: kindBucket})
	if err != nil {
		return 0, err
	}
	for _, other := range others {
		if other.ID == defaultBucket {
			continue
		}
		q.Member = other.ID
		given, err := tx.CountUsers(q)
		if err != nil {
			return 0, err
		}
		n -= given
	}
	return n, nil
}
