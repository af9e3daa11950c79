package railsxml

import "time"

// XMLOptions choose what differs between versions of a Rails application.
type XMLOptions struct {
	TimeType string // the type of moments; "" = "datetime"
}

// xmlEmitter is an Emitter over a Writer. Lists inside lists do not occur in Rails answers without an object
// between, so one item name for each open element is all it remembers.
type xmlEmitter struct {
	w        *Writer
	timeType string
	items    []string // for each open element, the name of its items
	room     [8]string
}

// NewXML makes an Emitter of XML.
func NewXML(o XMLOptions) Emitter {
	if o.TimeType == "" {
		o.TimeType = "datetime"
	}
	x := &xmlEmitter{w: NewWriter(), timeType: o.TimeType}
	x.items = x.room[:0]
	return x
}

func (x *xmlEmitter) Root(name string)   { x.openAs(name) }
func (x *xmlEmitter) Hash()              { x.openAs("hash") }
func (x *xmlEmitter) Object(name string) { x.openAs(name) }
func (x *xmlEmitter) Item()              { x.openAs(x.item()) }

func (x *xmlEmitter) List(name, item string, _ Shape)  { x.openArray(name, item) }
func (x *xmlEmitter) Array(name, item string, _ Shape) { x.openArray(name, item) }

func (x *xmlEmitter) openAs(name string) {
	x.w.Open(name)
	x.items = append(x.items, "")
}

func (x *xmlEmitter) openArray(name, item string) {
	x.w.OpenArray(name)
	x.items = append(x.items, item)
}

func (x *xmlEmitter) item() string { return x.items[len(x.items)-1] }

func (x *xmlEmitter) ItemStr(v string) { x.w.Str(x.item(), v) }
func (x *xmlEmitter) ItemInt(v int64)  { x.w.Int(x.item(), v) }

func (x *xmlEmitter) End() {
	x.w.Close()
	x.items = x.items[:len(x.items)-1]
}

func (x *xmlEmitter) Str(name, v string)            { x.w.Str(name, v) }
func (x *xmlEmitter) Int(name string, v int64)      { x.w.Int(name, v) }
func (x *xmlEmitter) Bool(name string, v bool)      { x.w.Bool(name, v) }
func (x *xmlEmitter) Nil(name string)               { x.w.Nil(name) }
func (x *xmlEmitter) Decimal(name, v string)        { x.w.Decimal(name, v) }
func (x *xmlEmitter) DecimalStr(name, v string)     { x.w.Decimal(name, v) }
func (x *xmlEmitter) Float(name string, v float64)  { x.w.Float(name, v) }
func (x *xmlEmitter) Time(name string, t time.Time) { x.w.Time(name, x.timeType, t) }

func (x *xmlEmitter) StrOrNil(name, v string) {
	if v == "" {
		x.w.Nil(name)
		return
	}
	x.w.Str(name, v)
}

func (x *xmlEmitter) TimeOrNil(name string, t time.Time) {
	if t.IsZero() {
		x.w.Nil(name)
		return
	}
	x.Time(name, t)
}

func (x *xmlEmitter) IntOrNil(name string, v int64, ok bool) {
	if !ok {
		x.w.Nil(name)
		return
	}
	x.w.Int(name, v)
}

func (x *xmlEmitter) Bytes() []byte       { return x.w.Bytes() }
func (x *xmlEmitter) ContentType() string { return "application/xml; charset=utf-8" }
func (x *xmlEmitter) Release()            { x.w.Release() }
