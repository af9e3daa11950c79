package syncano

import (
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Bounds of a schema.
const (
	maxFields    = 32
	maxIndexes   = 16
	maxFieldName = 64
)

const msgSchemaFormat = "Schema passed in invalid format."

// readSchemaMember reads "schema", which may be a string that holds the JSON.
func (k *call) readSchemaMember(in wire.Value, tx *core.Tx, old *classBody, input *classInput, p *problems) error {
	v, ok := in.Get("schema")
	if !ok {
		return nil
	}
	if text, isText := v.Str(); isText {
		parsed, err := parseJSON([]byte(text), k.d.cfg.Body)
		if err != nil {
			p.add("schema", "Not a valid JSON string.")
			return nil
		}
		v = parsed
	}
	s := schemaReader{k: k, tx: tx, old: old}
	if fault := s.read(v); fault != "" {
		p.add("schema", fault)
	}
	input.schema = wire.Some(s.fields)
	return s.err
}

// schemaReader reads the definitions of a schema, up to the first fault.
type schemaReader struct {
	k       *call
	tx      *core.Tx
	old     *classBody
	fields  []field
	indexes int
	points  int   // indexes on geopoints
	err     error // of the store
}

func (s *schemaReader) read(v wire.Value) (fault string) {
	if v.Kind() != wire.KindArray {
		return msgSchemaFormat
	}
	if v.Len() > maxFields {
		return "Too many fields defined (exceeds 32)."
	}
	for i, item := range v.Items() {
		if item.Kind() != wire.KindObject {
			return msgSchemaFormat
		}
		f, fault := s.field(item)
		if fault != "" {
			return "Error processing field definition \"" + definitionName(item) + "\" #" + strconv.Itoa(i) + ": " + fault
		}
		s.fields = append(s.fields, f)
	}
	return ""
}

func definitionName(item wire.Value) string {
	if name, ok := item.Get("name"); ok && name.Text() != "" {
		return name.Text()
	}
	return "unknown"
}

func (s *schemaReader) field(item wire.Value) (f field, fault string) {
	if f.Name, fault = s.fieldName(item); fault != "" {
		return f, fault
	}
	if f.Type, fault = fieldTypeOf(item); fault != "" {
		return f, fault
	}
	if fault = allowedMembers(f.Type, item); fault != "" {
		return f, fault
	}
	for _, before := range s.fields {
		if before.Name == f.Name {
			return f, "Field \"" + f.Name + "\" defined more than once."
		}
	}
	if fault = s.readIndexes(&f, item); fault != "" {
		return f, fault
	}
	f.Target, fault = s.target(f.Type, item)
	return f, fault
}
