package onapp

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindBaseResource is the name of base resources in errors.
const kindBaseResource = "onapp.base_resource"

const (
	fieldResourceClass core.Field = "resource_class"
	fieldResourceName  core.Field = "resource_name"
	fieldTargetType    core.Field = "target_type"
	fieldUnit          core.Field = "unit"
)

var nounBaseResource = noun{"base_resource", "base_resources"}

// baseResource is one limit of a billing plan and its price, before buckets came. The ID is unique in
// its plan.
type baseResource struct {
	ID         int64     `json:"id"`
	Class      string    `json:"resource_class,omitempty"`
	Name       string    `json:"resource_name,omitempty"`
	Label      string    `json:"label,omitempty"`
	Unit       string    `json:"unit,omitempty"`
	Target     int64     `json:"target_id,omitempty"` // 0 = none
	TargetType string    `json:"target_type,omitempty"`
	Limits     scalars   `json:"limits,omitempty"`
	Prices     scalars   `json:"prices,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// baseResourceRoutes are the routes of the resources of one plan.
// See REFERENCE.md, "Base resources".
func (d *Dialect) baseResourceRoutes() []route {
	list := d.version.bucketPath() + "/:id/base_resources"
	if d.version >= v52 {
		list = d.version.bucketPath() + "/:id/resources"
	}
	one := list + "/:resource_id"
	return []route{
		{"GET", list, "base_resources.list", listBaseResources},
		{"POST", list, "base_resources.create", createBaseResource},
		{"GET", one, "base_resources.show", getBaseResource},
		{"PUT", one, "base_resources.update", updateBaseResource},
		{"DELETE", one, "base_resources.delete", deleteBaseResource},
	}
}

// baseResourceView is what is shown of a base resource.
type baseResourceView struct {
	plan int64
	baseResource
}

func writeBaseResource(e stream, v baseResourceView) {
	e.Int("billing_plan_id", v.plan)
	e.Time("created_at", v.CreatedAt)
	e.Int("id", v.ID)
	e.StrOrNil(string(fieldLabel), v.Label)
	v.Limits.write(e, string(fieldLimits))
	v.Prices.write(e, string(fieldPrices))
	e.StrOrNil(string(fieldResourceClass), v.Class)
	e.StrOrNil(string(fieldResourceName), v.Name)
	e.IntOrNil(string(fieldTarget), v.Target, v.Target != 0)
	e.StrOrNil(string(fieldTargetType), v.TargetType)
	e.StrOrNil(string(fieldUnit), v.Unit)
	e.Time("updated_at", v.UpdatedAt)
}

// writeBaseResources writes the resources inside their plan.
func writeBaseResources(e stream, v bucketView) {
	e.Array(nounBaseResource.many, nounBaseResource.one, railsxml.Wrapped)
	for _, r := range v.BaseResources {
		e.Item()
		writeBaseResource(e, baseResourceView{v.group.ID, r})
		e.End()
	}
	e.End()
}

// loadBaseResources reads the resources of the plan that the path names.
func (c *call) loadBaseResources() (all []baseResourceView, err error) {
	err = c.view(func(tx *core.Tx) error {
		g, err := c.readableBucket(tx)
		if err != nil {
			return err
		}
		body, err := decodeBody[bucketBody](g.Body)
		if err != nil {
			return err
		}
		all = make([]baseResourceView, len(body.BaseResources))
		for i, r := range body.BaseResources {
			all[i] = baseResourceView{g.ID, r}
		}
		return nil
	})
	return all, err
}

func listBaseResources(c *call) (reply, error) {
	all, err := c.loadBaseResources()
	p := c.readPage()
	return showList(nounBaseResource, cut(p, all), p, writeBaseResource), err
}

func getBaseResource(c *call) (reply, error) {
	all, err := c.loadBaseResources()
	if err != nil {
		return reply{}, err
	}
	for _, v := range all {
		if v.ID == c.id("resource_id") {
			return showObject(nounBaseResource, v, writeBaseResource), nil
		}
	}
	return reply{}, &core.Error{Kind: core.NotFound, Subject: kindBaseResource}
}

// apply changes the resource as the request says.
func (r *baseResource) apply(v wire.Value) (faults faultList) {
	for _, text := range []struct {
		field core.Field
		to    *string
	}{
		{fieldResourceClass, &r.Class}, {fieldResourceName, &r.Name}, {fieldLabel, &r.Label},
		{fieldTargetType, &r.TargetType}, {fieldUnit, &r.Unit},
	} {
		given := textField(v, string(text.field))
		setText(text.to, given)
		faults.length(text.field, given, maxText)
	}
	if target := intField(v, string(fieldTarget)); target.Present() {
		r.Target = max(0, target.Or(0))
	}
	if strings.TrimSpace(r.Class+r.Name) == "" {
		faults.add(fieldResourceClass, core.NotBlank, 0)
	}
	faults = append(faults, r.Limits.set(v, string(fieldLimits), fieldLimits)...)
	return append(faults, r.Prices.set(v, string(fieldPrices), fieldPrices)...)
}

func createBaseResource(c *call) (reply, error) {
	var added baseResourceView
	err := c.changeBucket(func(g *core.Group, body *bucketBody) error {
		body.LastResource++
		now := c.d.dir.Now()
		r := baseResource{ID: body.LastResource, CreatedAt: now, UpdatedAt: now}
		faults := r.apply(c.resource(nounBaseResource.one))
		if len(body.BaseResources) >= maxBucketItems {
			faults = append(faults, baseFault(messageTooManyItems))
		}
		added = baseResourceView{g.ID, r}
		body.BaseResources = append(slices.Clone(body.BaseResources), r)
		return core.NewInvalid(faults...)
	})
	if err != nil {
		return reply{}, err
	}
	r := showObject(nounBaseResource, added, writeBaseResource)
	r.status = http.StatusCreated
	return r, nil
}

// changeBaseResource changes the list of resources at the one that the path names.
func (c *call) changeBaseResource(change func(all []baseResource, at int) ([]baseResource, error)) (reply, error) {
	err := c.changeBucket(func(_ *core.Group, body *bucketBody) error {
		all := slices.Clone(body.BaseResources)
		at := slices.IndexFunc(all, func(r baseResource) bool { return r.ID == c.id("resource_id") })
		if at < 0 {
			return &core.Error{Kind: core.NotFound, Subject: kindBaseResource}
		}
		all, err := change(all, at)
		body.BaseResources = all
		return err
	})
	return c.d.done(), err
}

func updateBaseResource(c *call) (reply, error) {
	return c.changeBaseResource(func(all []baseResource, at int) ([]baseResource, error) {
		faults := all[at].apply(c.resource(nounBaseResource.one))
		all[at].UpdatedAt = c.d.dir.Now()
		return all, core.NewInvalid(faults...)
	})
}

func deleteBaseResource(c *call) (reply, error) {
	return c.changeBaseResource(func(all []baseResource, at int) ([]baseResource, error) {
		return slices.Delete(all, at, at+1), nil
	})
}

// listCompanyPlans shows the plans of companies, which do not exist here.
func listCompanyPlans(c *call) (reply, error) {
	err := require(c.maySome(mayReadBuckets) || c.mayAll(mayListBuckets))
	return c.showNone(noun{"company_plan", "company_plans"}), err
}
