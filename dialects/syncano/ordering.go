package syncano

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// ordering is a list's order by another field than the id.
type ordering struct {
	get  func(*dataObject) operand
	desc bool
	// from is the cursor's place in the order.
	from place
}

// place is where an object stands in the order.
type place struct {
	value operand
	id    int64
}

var (
	errWrongOrder   = detailError(http.StatusBadRequest, "Incorrect order_by parameter provided.")
	errCannotOrder  = detailError(http.StatusBadRequest, "Cannot use specified order_by field.")
	errMissingIndex = detailError(http.StatusBadRequest, "Cannot use specified order_by field. Set required index on schema first.")
)

// readOrder reads ?order_by=; nil is the order of ids, which p itself can do.
func (k *call) readOrder(p *page) (*ordering, error) {
	q := k.query()
	if !q.Has("order_by") {
		return nil, nil
	}
	p.repeatParam("order_by", q.Get("order_by"))
	name, desc := strings.CutPrefix(q.Get("order_by"), "-")
	if name == "id" {
		p.desc = desc
		return nil, nil
	}
	get, kind, err := k.orderField(name)
	if err != nil {
		return nil, err
	}
	o := &ordering{get: get, desc: desc, from: place{id: p.cursor.pk}}
	if q.Has("last_value") {
		if o.from.value = readOperand(kind, q.Get("last_value")); o.from.value.kind == nullOperand {
			return nil, errWrongPage
		}
	}
	return o, nil
}

func (k *call) orderField(name string) (get func(*dataObject) operand, kind schema.Type, err error) {
	switch name {
	case "created_at":
		return func(o *dataObject) operand { return timeOperand(o.row.CreatedAt) }, schema.Datetime, nil
	case "updated_at":
		return func(o *dataObject) operand { return timeOperand(o.row.UpdatedAt) }, schema.Datetime, nil
	case "revision", "owner", "owner_permissions", "group", "group_permissions", "other_permissions", "channel", "channel_room":
		return nil, 0, errCannotOrder
	}
	f := k.class.Schema.Find(name)
	switch {
	case f == nil:
		return nil, 0, errWrongOrder
	case !f.OrderIndex:
		return nil, 0, errMissingIndex
	}
	return func(o *dataObject) operand { return fieldOperand(f, o.values) }, f.Type, nil
}

// compare puts values without order last ascending and first descending, and
// equal ones in the order of their ids.
func (o *ordering) compare(a, b place) int {
	c := cmp.Or(a.value.compare(b.value), cmp.Compare(a.id, b.id))
	if o.desc {
		return -c
	}
	return c
}

func (o *ordering) place(obj *dataObject) place { return place{o.get(obj), obj.listID()} }

// listID is the id by which lists go: of people in v2 the person's.
func (o *dataObject) listID() int64 {
	if o.byUser {
		return o.owner
	}
	return o.row.ID
}

// cursor is the parameters that make the object a cursor.
func (o *ordering) cursor(obj *dataObject) string {
	text := "last_pk=" + decimal(obj.listID())
	if o == nil {
		return text
	}
	if value := o.get(obj); value.kind != nullOperand {
		text += "&last_value=" + url.QueryEscape(value.text())
	}
	return text
}

// bestOf keeps the objects that belong on the page, of all that are offered.
type bestOf struct {
	order *ordering
	page  *page
	kept  []dataObject
}

// offer takes the object if it lies beyond the cursor and among the nearest to it.
func (b *bestOf) offer(o *dataObject) {
	at := b.order.place(o)
	if b.page.cursor.hasPK {
		if c := b.order.compare(at, b.order.from); c == 0 || c < 0 != b.page.reversed() {
			return
		}
	}
	i, _ := slices.BinarySearchFunc(b.kept, at, func(have dataObject, want place) int {
		c := b.order.compare(b.order.place(&have), want)
		if b.page.reversed() {
			return -c
		}
		return c
	})
	if i == b.page.size {
		return
	}
	b.kept = slices.Insert(b.kept, i, *o)
	b.kept = b.kept[:min(len(b.kept), b.page.size)]
}

// result is the page in the order that the client sees.
func (b *bestOf) result() []dataObject {
	if b.page.reversed() {
		slices.Reverse(b.kept)
	}
	return b.kept
}

// fieldOperand is an object's value of a schema field, to be compared.
func fieldOperand(f *schema.Field, values core.Attributes) operand {
	text, ok := values.Get(f.Name)
	if !ok {
		return operand{}
	}
	return storedOperand(f.Type, text)
}
