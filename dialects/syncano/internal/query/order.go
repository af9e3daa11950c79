package query

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// Order is a list's order by a field other than the id; nil is the order of ids.
type Order struct {
	field *field
	desc  bool
	from  position // the cursor's
}

// position is where an object stands in the order.
type position struct {
	value Operand
	id    int64
}

// ReadOrder reads ?order_by= for objects of the class. An order by id it gives
// to the page. It fails with an *Error.
func ReadOrder(q url.Values, p *Page, class *schema.Class) (*Order, error) {
	if !q.Has("order_by") {
		return nil, nil
	}
	p.repeat("order_by", q.Get("order_by"))
	name, desc := strings.CutPrefix(q.Get("order_by"), "-")
	if name == "id" {
		p.desc = desc
		return nil, nil
	}
	f, err := orderField(class, name)
	if err != nil {
		return nil, err
	}
	o := &Order{field: f, desc: desc, from: position{id: p.cursor.pk}}
	if q.Has("last_value") {
		if o.from.value = cursorOperand(f.kind, q.Get("last_value")); o.from.value.kind == nullOperand {
			return nil, errWrongPage
		}
	}
	return o, nil
}

func orderField(class *schema.Class, name string) (*field, error) {
	switch name {
	case "created_at", "updated_at":
		return &field{name: name, kind: schema.Datetime}, nil
	case "revision", "owner", "owner_permissions", "group", "group_permissions", "other_permissions", "channel", "channel_room":
		return nil, errCannotOrder
	}
	f := class.Schema.Find(name)
	switch {
	case f == nil:
		return nil, errWrongOrder
	case !f.OrderIndex:
		return nil, errMissingIndex
	}
	return &field{name: name, kind: f.Type, schema: f}, nil
}

// compare puts null last ascending and first descending, and equal values in the
// order of their ids.
func (o *Order) compare(a, b position) int {
	c := cmp.Or(a.value.compare(b.value), cmp.Compare(a.id, b.id))
	if o.desc {
		return -c
	}
	return c
}

func (o *Order) position(obj Object) position { return position{o.field.value(obj), obj.ListID()} }

// Cursor returns the parameters that make the object a cursor.
func (o *Order) Cursor(obj Object) string {
	text := "last_pk=" + strconv.FormatInt(obj.ListID(), 10)
	if o == nil {
		return text
	}
	if value := o.field.value(obj); value.kind != nullOperand {
		text += "&last_value=" + url.QueryEscape(value.cursorText())
	}
	return text
}

// topN keeps the objects that belong on the page, of all that are pushed.
type topN[T Object] struct {
	order *Order
	page  *Page
	kept  []T
}

// push takes the object if it is beyond the cursor and among the nearest to it.
func (t *topN[T]) push(o T) {
	at, sign := t.order.position(o), 1
	if t.page.reversed() {
		sign = -1
	}
	if t.page.cursor.hasPK && sign*t.order.compare(at, t.order.from) <= 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(t.kept, at, func(have T, want position) int {
		return sign * t.order.compare(t.order.position(have), want)
	})
	if i == t.page.size {
		return
	}
	t.kept = slices.Insert(t.kept, i, o)
	t.kept = t.kept[:min(len(t.kept), t.page.size)]
}
