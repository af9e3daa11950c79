package syncano

import (
	"encoding/json"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

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
