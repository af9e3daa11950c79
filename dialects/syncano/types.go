package syncano

import (
	"encoding/json"
	"fmt"
)

// fieldType is the type of a schema's field.
type fieldType uint8

const (
	typeString fieldType = iota
	typeText
	typeInteger
	typeFloat
	typeBoolean
	typeDatetime
	typeFile
	typeReference
	typeObject
	typeArray
	typeGeopoint
	typeRelation
	typeCount
)

func (t fieldType) word() string {
	return [typeCount]string{"string", "text", "integer", "float", "boolean", "datetime",
		"file", "reference", "object", "array", "geopoint", "relation"}[t]
}

func fieldTypeNamed(word string) (fieldType, bool) {
	for t := range typeCount {
		if t.word() == word {
			return t, true
		}
	}
	return 0, false
}

// MarshalJSON writes the type's word.
func (t fieldType) MarshalJSON() ([]byte, error) { return json.Marshal(t.word()) }

// UnmarshalJSON reads the type's word.
func (t *fieldType) UnmarshalJSON(text []byte) error {
	var word string
	if err := json.Unmarshal(text, &word); err != nil {
		return err
	}
	known, ok := fieldTypeNamed(word)
	if !ok {
		return fmt.Errorf("syncano: stored schema has no type %q", word)
	}
	*t = known
	return nil
}
