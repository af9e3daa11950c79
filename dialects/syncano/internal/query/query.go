// Package query has what lists of objects can be asked for: conditions
// (?query=), orders (?order_by=) and pages, and the scan that answers them.
package query

import (
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// Limits of a query.
const (
	maxKeys       = 16  // fields of one object
	maxConditions = 128 // in all, nested ones included
	maxDepth      = 3   // of _is in _is
	maxValues     = 128 // of a list
)

// Object is an object that queries can look at.
type Object interface {
	// ListID is the id by which lists of such objects are ordered.
	ListID() int64
	// Builtin returns the value of a field that all objects have; see Builtin.
	Builtin(name string) Operand
	// Stored returns the stored value of a field of the schema.
	Stored(name string) (string, bool)
}

// Builtin is a field that all objects have. The field "id" is the object's ListID.
type Builtin struct {
	Name string
	Type schema.Type
}

// ObjectFields are the builtin fields that queries of data objects know.
func ObjectFields() []Builtin {
	return append(sharedFields(), Builtin{"owner", schema.Reference}, Builtin{"group", schema.Reference})
}

// UserFields are the builtin fields that queries of v2's users know.
func UserFields() []Builtin { return append(sharedFields(), Builtin{"username", schema.String}) }

func sharedFields() []Builtin {
	return []Builtin{{"created_at", schema.Datetime}, {"updated_at", schema.Datetime}, {"revision", schema.Integer},
		{"channel", schema.String}, {"channel_room", schema.String}, {"id", schema.Integer}}
}

// Reader reads the queries of one request.
type Reader struct {
	Realm  core.Realm
	Limits wire.Limits // of the JSON
	// Load returns the objects of a class with those ids, or, if users is set,
	// the profiles of the users with those ids.
	Load func(tx *core.Tx, class *schema.Class, ids []int64, users bool) ([]Object, error)
	// CheckTime fails when matching has taken too long; nil never does.
	CheckTime func() error

	conditions, depth int // read so far, and of the query that is being read
}

func (r *Reader) checkTime() error {
	if r.CheckTime == nil {
		return nil
	}
	return r.CheckTime()
}

// Matcher is a parsed query: all its conditions must hold.
type Matcher struct {
	conditions []condition
	narrow     Narrow
}

// condition reports whether it holds for an object.
type condition func(tx *core.Tx, o Object) (bool, error)

// Narrow returns what an index can select by. No object outside matches.
func (m *Matcher) Narrow() Narrow { return m.narrow }

// Matches reports whether the query selects the object.
func (m *Matcher) Matches(tx *core.Tx, o Object) (bool, error) {
	for _, holds := range m.conditions {
		if ok, err := holds(tx, o); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// Read reads queries on a class, all of which must match. It fails with an
// *Error, or as the store does.
func (r *Reader) Read(tx *core.Tx, class *schema.Class, builtins []Builtin, queries []string) (*Matcher, error) {
	all := &Matcher{}
	for _, text := range queries {
		if text == "" {
			continue
		}
		v, err := schema.ParseJSON([]byte(text), r.Limits)
		if err != nil {
			return nil, queryError("Not a valid JSON string.")
		}
		if err := r.parse(tx, class, builtins, v, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// parse adds the conditions of one query to all.
func (r *Reader) parse(tx *core.Tx, class *schema.Class, builtins []Builtin, v wire.Value, all *Matcher) error {
	if v.Kind() != wire.KindObject {
		return &Error{Format, "Query passed in invalid format."}
	}
	if v.Len() > maxKeys {
		return errTooManyFields
	}
	for _, m := range v.Members() {
		f, err := findField(class, builtins, m.Name)
		if err != nil {
			return err
		}
		if m.Value.Kind() != wire.KindObject {
			return queryError("Invalid field \"" + f.name + "\" lookup type. Expected JSON object.")
		}
		for _, lookup := range m.Value.Members() {
			if r.conditions++; r.conditions > maxConditions {
				return errTooManyConditions
			}
			holds, err := r.lookup(tx, f, lookup.Name, lookup.Value)
			if err != nil {
				return err
			}
			all.conditions = append(all.conditions, holds)
			all.narrow.add(f, lookup.Name, lookup.Value)
		}
	}
	return nil
}

// Narrow is what a query selects by that an index knows. Conditions are still
// checked, so narrowing too little does no harm.
type Narrow struct {
	IDs, Owners    []int64 // nil: any
	UsernamePrefix string  // folded
}

func (n *Narrow) add(f *field, lookup string, v wire.Value) {
	if f.schema != nil {
		return
	}
	switch f.name {
	case "id":
		if ids := wantedIDs(lookup, v); ids != nil {
			n.IDs = ids
		}
	case "owner":
		if ids := wantedIDs(lookup, v); ids != nil {
			n.Owners = ids
		}
	case "username":
		switch lookup {
		case "_eq", "_ieq", "_startswith", "_istartswith":
			n.UsernamePrefix = core.Fold(schema.TextOperand(v))
		}
	}
}

// wantedIDs returns the ids that the condition allows; nil if it names none.
func wantedIDs(lookup string, v wire.Value) []int64 {
	wanted := v.Items()
	switch lookup {
	case "_eq":
		wanted = []wire.Value{v}
	case "_in":
	default:
		return nil
	}
	ids := make([]int64, 0, len(wanted))
	for _, one := range wanted {
		stored, _ := schema.ReadOperand(schema.Reference, one)
		id, _ := strconv.ParseInt(stored, 10, 64)
		ids = append(ids, id)
	}
	return schema.SortedIDs(ids)
}
