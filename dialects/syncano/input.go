package syncano

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// textRule is what a text field accepts.
type textRule struct {
	required bool // absent is a fault
	nullable bool
	blank    bool // "" is fine
	max      int  // in characters
}

// text reads one text field of an object. An absent field, and a null one that
// may be null, come back as such.
func (c *call) text(in wire.Value, name string, rule textRule, p *problems) wire.Field[string] {
	v, ok := in.Get(name)
	if !ok {
		if rule.required {
			p.add(name, msgRequired)
		}
		return wire.Field[string]{}
	}
	text, fault, null := readText(v, rule, c.body.form)
	switch {
	case fault != "":
		p.add(name, fault)
		return wire.Field[string]{}
	case null:
		return wire.Null[string]()
	}
	return wire.Some(text)
}

func readText(v wire.Value, rule textRule, form bool) (text, fault string, null bool) {
	switch v.Kind() {
	case wire.KindNull:
		if rule.nullable {
			return "", "", true
		}
		return "", msgNull, false
	case wire.KindString:
		text = v.Text()
	case wire.KindNumber:
		text = schema.NumberText(v)
	default:
		return "", msgNotString, false
	}
	text = pystyle.Strip(text)
	switch {
	case strings.ContainsRune(text, 0): // which the original's store cannot hold
		return "", msgNotString, false
	case text == "" && !rule.blank:
		if form && rule.nullable {
			return "", "", true
		}
		return "", msgBlank, false
	case utf8.RuneCountInString(text) > rule.max:
		return "", schema.MsgTooLong(rule.max), false
	}
	return text, "", false
}

// flag reads one boolean field; an absent one keeps the old value, except in a
// full form, where it means false.
func (c *call) flag(in wire.Value, name string, old, full bool, p *problems) bool {
	v, ok := in.Get(name)
	if !ok || c.body.form && isBlank(v) {
		return old && (!full || !c.body.form)
	}
	if v.IsNull() {
		p.add(name, msgNull)
		return old
	}
	value, ok := schema.Bool(v)
	if !ok {
		p.add(name, schema.MsgNotBoolean(v.Text()))
		return old
	}
	return value
}

// maxMetadata is the size of an account's or an instance's metadata, in bytes of JSON.
// Every instance of a list shows its own and its owner's.
const maxMetadata = 16 << 10

// readBoundedMetadata is readMetadata for accounts and instances.
func readBoundedMetadata(c *call, in wire.Value, p *problems) wire.Field[json.RawMessage] {
	metadata := readMetadata(c, in, p)
	if len(metadata.Or(nil)) > maxMetadata {
		p.add("metadata", fmt.Sprintf("Value is too long, maximum length is %d.", maxMetadata))
	}
	return metadata
}

// readMetadata reads a field that holds an object of the customer's own, or, in
// a form, its text; blank text is none.
func readMetadata(c *call, in wire.Value, p *problems) wire.Field[json.RawMessage] {
	v, ok := in.Get("metadata")
	if !ok || c.body.form && isBlank(v) {
		return wire.Field[json.RawMessage]{}
	}
	if text, isText := v.Str(); isText {
		v, _ = schema.ParseJSON([]byte(text), wire.Limits{})
	}
	if v.Kind() != wire.KindObject {
		p.add("metadata", schema.MsgNotObject)
		return wire.Field[json.RawMessage]{}
	}
	return wire.Some(json.RawMessage(v.JSON()))
}
