package schema

import (
	"encoding/json"
	"fmt"
)

// Type is the type of a schema's field.
type Type uint8

// The types, in the order in which messages list them.
const (
	String Type = iota
	Text
	Integer
	Float
	Boolean
	Datetime
	File
	Reference
	Object
	Array
	Geopoint
	Relation
	typeCount
)

// Word is the type's name on the wire and in the store.
func (t Type) Word() string {
	return [typeCount]string{"string", "text", "integer", "float", "boolean", "datetime",
		"file", "reference", "object", "array", "geopoint", "relation"}[t]
}

func typeNamed(word string) (Type, bool) {
	for t := range typeCount {
		if t.Word() == word {
			return t, true
		}
	}
	return 0, false
}

func allTypes() (words []string) {
	for t := range typeCount {
		words = append(words, t.Word())
	}
	return words
}

// MarshalJSON implements [json.Marshaler].
func (t Type) MarshalJSON() ([]byte, error) { return json.Marshal(t.Word()) }

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Type) UnmarshalJSON(text []byte) error {
	var word string
	if err := json.Unmarshal(text, &word); err != nil {
		return err
	}
	known, ok := typeNamed(word)
	if !ok {
		return fmt.Errorf("syncano: stored schema has no type %q", word)
	}
	*t = known
	return nil
}
