package onapp

import (
	"net/http"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// The names of the two kinds of items in errors.
const (
	kindAccessControl = "onapp.access_control"
	kindRateCard      = "onapp.rate_card"
)

const (
	fieldItemType  core.Field = "type"
	fieldLimits    core.Field = "limits"
	fieldPrices    core.Field = "prices"
	fieldPrefer    core.Field = "preferences"
	fieldServers   core.Field = "server_type"
	fieldTarget    core.Field = "target_id"
	fieldTimingWay core.Field = "timing_strategy"
)

// maxBucketItems is how many access controls, rate cards or base resources one bucket can have.
const maxBucketItems = 200

// defaultServerType is the type of servers that an item is about unless it says otherwise.
const defaultServerType = "virtual"

// bucketItem is one access control or rate card of a bucket. It has no ID: a bucket has one item of a
// type, server type and target.
type bucketItem struct {
	Type        string  `json:"type"`
	ServerType  string  `json:"server_type"`
	Target      int64   `json:"target_id,omitempty"` // 0 = none
	Timing      string  `json:"timing_strategy,omitempty"`
	Values      scalars `json:"values,omitempty"` // limits or prices
	Preferences scalars `json:"preferences,omitempty"`
}

// bucketItems serves the items of one kind. See REFERENCE.md, "Access controls and rate cards".
type bucketItems struct {
	noun   noun
	kind   string
	values core.Field
	list   func(*bucketBody) *[]bucketItem
}

// The two kinds. They never change.
var (
	accessControls = bucketItems{
		noun{"access_control", "access_controls"}, kindAccessControl, fieldLimits,
		func(b *bucketBody) *[]bucketItem { return &b.AccessControls },
	}
	rateCards = bucketItems{
		noun{"rate_card", "rate_cards"}, kindRateCard, fieldPrices,
		func(b *bucketBody) *[]bucketItem { return &b.RateCards },
	}
)

// routes returns the routes of the items. Changes name the item in the body.
func (s bucketItems) routes(bucket string) []route {
	path := bucket + "/" + s.noun.many
	return []route{
		{"GET", path, "buckets." + s.noun.many, s.show},
		{"POST", path, "buckets." + s.noun.many + ".create", s.create},
		{"PUT", path, "buckets." + s.noun.many + ".update", s.update},
		{"DELETE", path, "buckets." + s.noun.many + ".delete", s.remove},
	}
}

// bucketItemView is what is shown of an item.
type bucketItemView struct {
	bucket int64
	bucketItem
}

func (s bucketItems) write(e stream, v bucketItemView) {
	e.Int("bucket_id", v.bucket)
	e.Str(string(fieldServers), v.ServerType)
	e.IntOrNil(string(fieldTarget), v.Target, v.Target != 0)
	e.Str(string(fieldItemType), v.Type)
	e.StrOrNil(string(fieldTimingWay), v.Timing)
	e.Nil("target_name")
	v.Values.write(e, string(s.values))
	if s.values == fieldLimits {
		v.Preferences.write(e, string(fieldPrefer))
	}
}

func (s bucketItems) show(c *call) (reply, error) {
	var all []bucketItemView
	err := c.view(func(tx *core.Tx) error {
		g, err := c.readableBucket(tx)
		if err != nil {
			return err
		}
		body, err := decodeBody[bucketBody](g.Body)
		if err != nil {
			return err
		}
		all = nil
		for _, item := range *s.list(body) {
			all = append(all, bucketItemView{g.ID, item})
		}
		return nil
	})
	p := c.readPage()
	return showList(s.noun, cut(p, all), p, s.write), err
}

// apply changes the item as the request says.
func (s bucketItems) apply(item *bucketItem, v wire.Value) (faults faultList) {
	timing := textField(v, string(fieldTimingWay))
	setText(&item.Timing, timing)
	faults.length(fieldTimingWay, timing, maxText)
	faults = append(faults, item.Values.set(v, string(s.values), s.values)...)
	if s.values == fieldLimits {
		faults = append(faults, item.Preferences.set(v, string(fieldPrefer), fieldPrefer)...)
	}
	return faults
}

// named reads what the request names an item by.
func (s bucketItems) named(v wire.Value) (item bucketItem, faults faultList) {
	typ, servers := textField(v, string(fieldItemType)), textField(v, string(fieldServers))
	item.Type, item.ServerType = strings.TrimSpace(typ.Or("")), strings.TrimSpace(servers.Or(""))
	item.Target = max(0, intField(v, string(fieldTarget)).Or(0))
	if item.Type == "" {
		faults.add(fieldItemType, core.NotBlank, 0)
	}
	if item.ServerType == "" {
		item.ServerType = defaultServerType
	}
	faults.length(fieldItemType, typ, maxText)
	faults.length(fieldServers, servers, maxText)
	return item, faults
}

// find returns the position of the item that the request names.
func (s bucketItems) find(all []bucketItem, v wire.Value) (int, error) {
	named, _ := s.named(v)
	at := slices.IndexFunc(all, named.isSame)
	if at < 0 {
		return 0, &core.Error{Kind: core.NotFound, Subject: s.kind}
	}
	return at, nil
}

func (item *bucketItem) isSame(other bucketItem) bool {
	return item.Type == other.Type && item.ServerType == other.ServerType && item.Target == other.Target
}

func (s bucketItems) create(c *call) (reply, error) {
	var added bucketItemView
	v := c.resource(s.noun.one)
	err := c.changeBucket(func(g *core.Group, body *bucketBody) error {
		item, faults := s.named(v)
		faults = append(faults, s.apply(&item, v)...)
		all := s.list(body)
		switch {
		case slices.ContainsFunc(*all, item.isSame):
			faults.add(fieldItemType, core.Taken, 0)
		case len(*all) >= maxBucketItems:
			faults = append(faults, baseFault(messageTooManyItems))
		}
		added = bucketItemView{g.ID, item}
		*all = append(slices.Clone(*all), item)
		return core.NewInvalid(faults...)
	})
	r := showObject(s.noun, added, s.write)
	r.status = http.StatusCreated
	return r, err
}

func (s bucketItems) update(c *call) (reply, error) {
	v := c.resource(s.noun.one)
	err := c.changeBucket(func(_ *core.Group, body *bucketBody) error {
		all := s.list(body)
		at, err := s.find(*all, v)
		if err != nil {
			return err
		}
		*all = slices.Clone(*all)
		return core.NewInvalid(s.apply(&(*all)[at], v)...)
	})
	return c.d.done(), err
}

func (s bucketItems) remove(c *call) (reply, error) {
	err := c.changeBucket(func(_ *core.Group, body *bucketBody) error {
		all := s.list(body)
		at, err := s.find(*all, c.resource(s.noun.one))
		if err != nil {
			return err
		}
		*all = slices.Delete(slices.Clone(*all), at, at+1)
		return nil
	})
	return c.d.done(), err
}

// changeBucket changes the document of the bucket that the path names. change must not change what
// the document's lists share.
func (c *call) changeBucket(change func(*core.Group, *bucketBody) error) error {
	return c.update(func(tx *core.Tx) error {
		g, err := c.targetGroup(tx, kindBucket, mayUpdateBuckets)
		if err != nil {
			return err
		}
		shared, err := decodeBody[bucketBody](g.Body)
		if err != nil {
			return err
		}
		body := *shared
		if err := change(g, &body); err != nil {
			return err
		}
		setBucket(g, body)
		return tx.SaveGroup(g)
	})
}
