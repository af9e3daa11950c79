package railsxml

import (
	"strconv"
	"testing"
	"time"

	"github.com/beevik/etree"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// treeEmitter is an Emitter that builds a tree with etree: a second opinion on the streamed form, and its measure.
type treeEmitter struct {
	doc   *etree.Document
	at    *etree.Element
	items []string
}

func newTreeEmitter() *treeEmitter {
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	return &treeEmitter{doc: doc, at: &doc.Element}
}

func (x *treeEmitter) open(name, item string) *etree.Element {
	x.at = x.at.CreateElement(name)
	x.items = append(x.items, item)
	return x.at
}

func (x *treeEmitter) leaf(name, typ, text string) {
	e := x.at.CreateElement(name)
	if typ != "" {
		e.CreateAttr("type", typ)
	}
	e.SetText(text)
}

func (x *treeEmitter) item() string { return x.items[len(x.items)-1] }

func (x *treeEmitter) Root(name string)                { x.open(name, "") }
func (x *treeEmitter) Hash()                           { x.open("hash", "") }
func (x *treeEmitter) List(name, item string, s Shape) { x.Array(name, item, s) }
func (x *treeEmitter) Object(name string)              { x.open(name, "") }
func (x *treeEmitter) Array(name, item string, _ Shape) {
	x.open(name, item).CreateAttr("type", "array")
}
func (x *treeEmitter) Item()                     { x.open(x.item(), "") }
func (x *treeEmitter) ItemStr(v string)          { x.leaf(x.item(), "", v) }
func (x *treeEmitter) ItemInt(v int64)           { x.Int(x.item(), v) }
func (x *treeEmitter) Str(name, v string)        { x.leaf(name, "", v) }
func (x *treeEmitter) Int(name string, v int64)  { x.leaf(name, "integer", strconv.FormatInt(v, 10)) }
func (x *treeEmitter) Bool(name string, v bool)  { x.leaf(name, "boolean", strconv.FormatBool(v)) }
func (x *treeEmitter) Nil(name string)           { x.at.CreateElement(name).CreateAttr("nil", "true") }
func (x *treeEmitter) Decimal(name, v string)    { x.leaf(name, "decimal", string(appendDecimal(nil, v))) }
func (x *treeEmitter) DecimalStr(name, v string) { x.Decimal(name, v) }
func (x *treeEmitter) Float(name string, v float64) {
	x.leaf(name, "float", string(appendFloat(nil, v)))
}
func (x *treeEmitter) ContentType() string { return "application/xml; charset=utf-8" }
func (x *treeEmitter) Release()            {}

func (x *treeEmitter) Time(name string, t time.Time) {
	x.leaf(name, "datetime", string(wire.AppendTime(nil, t, wire.SecondsOffset)))
}

func (x *treeEmitter) StrOrNil(name, v string) {
	if x.Str(name, v); v == "" {
		x.clear("nil", "true")
	}
}

func (x *treeEmitter) TimeOrNil(name string, t time.Time) {
	if x.Time(name, t); t.IsZero() {
		x.clear("nil", "true")
	}
}

func (x *treeEmitter) IntOrNil(name string, v int64, ok bool) {
	if x.Int(name, v); !ok {
		x.clear("nil", "true")
	}
}

// clear makes the element written last a bare one with one attribute.
func (x *treeEmitter) clear(attr, value string) {
	e := x.at.Child[len(x.at.Child)-1].(*etree.Element)
	e.Child, e.Attr = nil, nil
	e.CreateAttr(attr, value)
}

func (x *treeEmitter) End() {
	x.at = x.at.Parent()
	x.items = x.items[:len(x.items)-1]
}

func (x *treeEmitter) Bytes() []byte {
	x.doc.Indent(2)
	out, err := x.doc.WriteToBytes()
	if err != nil {
		return nil
	}
	return out
}

// etree writes an empty element in its short form always, hence the detour by a tree of both.
func TestStreamedFormIsTheTreesForm(t *testing.T) {
	var forms [2]string
	for i, e := range []Emitter{newTreeEmitter(), NewXML(XMLOptions{})} {
		e.Root("user")
		emitUser(e)
		e.End()
		doc := wantWellFormed(t, e.Bytes())
		doc.WriteSettings.CanonicalEndTags = true
		doc.Indent(2)
		text, err := doc.WriteToString()
		if err != nil {
			t.Fatal(err)
		}
		forms[i] = text
		e.Release()
	}
	if forms[0] != forms[1] {
		t.Errorf("etree writes\n%s\nwe write\n%s", forms[0], forms[1])
	}
}
