package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// matcher is a parsed query: all conditions must hold.
type matcher struct {
	conditions []condition
	narrow     narrowing
}

// condition judges one field of an object.
type condition func(tx *core.Tx, o *dataObject) (bool, error)

func (m *matcher) matches(tx *core.Tx, o *dataObject) (bool, error) {
	for _, holds := range m.conditions {
		if ok, err := holds(tx, o); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// maxQueryKeys is how many fields a query may speak of, maxQueryList how long a
// list of values may be.
const (
	maxQueryKeys = 16
	maxQueryList = 128
)

// queryField is a field that a query may speak of.
type queryField struct {
	name string
	kind schema.Type
	// schema is the definition of a field of the class; nil for one of all objects.
	schema *schema.Field
	class  string // whose field it is
	get    func(*dataObject) operand
}

// builtin makes a field that all objects have.
func builtin(name string, kind schema.Type, get func(*dataObject) operand) queryField {
	return queryField{name: name, kind: kind, get: get}
}

// objectFields are the fields of all objects that a query may speak of.
func objectFields() []queryField {
	return append(sharedFields(),
		builtin("id", schema.Integer, func(o *dataObject) operand { return number(float64(o.row.ID)) }),
		builtin("owner", schema.Reference, func(o *dataObject) operand { return idOperand(o.owner) }),
		builtin("group", schema.Reference, func(o *dataObject) operand { return idOperand(o.group) }),
	)
}

func sharedFields() []queryField {
	return []queryField{
		builtin("created_at", schema.Datetime, func(o *dataObject) operand { return timeOperand(o.row.CreatedAt) }),
		builtin("updated_at", schema.Datetime, func(o *dataObject) operand { return timeOperand(o.row.UpdatedAt) }),
		builtin("revision", schema.Integer, func(o *dataObject) operand { return number(float64(o.body.Revision)) }),
		builtin("channel", schema.String, func(o *dataObject) operand { return textOrNull(o.body.Channel) }),
		builtin("channel_room", schema.String, func(o *dataObject) operand { return textOrNull(o.body.Room) }),
	}
}

func idOperand(id int64) operand {
	if id == 0 {
		return operand{}
	}
	return number(float64(id))
}

func textOrNull(s string) operand {
	if s == "" {
		return operand{}
	}
	return text(s)
}

func queryError(message string) error { return plainError("query", message) }

// queryFormat is the one fault that comes as a bare array.
func queryFormat(message string) error {
	return &answerError{status: http.StatusBadRequest, text: message}
}

// readQuery reads all ?query= parameters.
func (k *call) readQuery(tx *core.Tx, c *schema.Class, builtins []queryField) (*matcher, error) {
	all := &matcher{}
	for _, given := range k.query()["query"] {
		if given == "" {
			continue
		}
		v, err := schema.ParseJSON([]byte(given), k.d.cfg.Body)
		if err != nil {
			return nil, queryError("Not a valid JSON string.")
		}
		if err := k.parseQuery(tx, c, builtins, v, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// parseQuery adds the conditions of one query to all.
func (k *call) parseQuery(tx *core.Tx, c *schema.Class, builtins []queryField, v wire.Value, all *matcher) error {
	if v.Kind() != wire.KindObject {
		return queryFormat("Query passed in invalid format.")
	}
	if v.Len() > maxQueryKeys {
		return queryFormat("Too many conditions defined (exceeds 16).")
	}
	for _, m := range v.Members() {
		f, err := findQueryField(c, builtins, m.Name)
		if err != nil {
			return err
		}
		if m.Value.Kind() != wire.KindObject {
			return queryError("Invalid field \"" + f.name + "\" lookup type. Expected JSON object.")
		}
		for _, lookup := range m.Value.Members() {
			holds, err := k.lookup(tx, f, lookup.Name, lookup.Value)
			if err != nil {
				return err
			}
			all.conditions = append(all.conditions, holds)
			all.narrow.add(f, lookup.Name, lookup.Value)
		}
	}
	return nil
}

func findQueryField(c *schema.Class, builtins []queryField, name string) (queryField, error) {
	for _, f := range builtins {
		if f.name == name {
			return f, nil
		}
	}
	f := c.Schema.Find(name)
	switch {
	case f == nil:
		return queryField{}, queryError("Invalid field name defined: \"" + name + "\".")
	case !f.FilterIndex:
		return queryField{}, queryError("Field \"" + name + "\" cannot be used in a query as it is not indexed.")
	}
	return queryField{name: name, kind: f.Type, schema: f, class: c.Name(), get: func(o *dataObject) operand { return fieldOperand(f, o.values) }}, nil
}
