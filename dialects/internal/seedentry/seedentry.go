// Package seedentry reads the objects of a seed that are written as the body of the
// dialect's own request that creates them.
package seedentry

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Entry is an object with the fields of the request that creates it.
type Entry map[string]any

// Object returns the entry as the body of that request. It fails for what JSON cannot
// hold, such as a key that is not text.
func (e Entry) Object() (wire.Value, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return wire.Value{}, fmt.Errorf("not a JSON object: %w", err)
	}
	return wire.ParseJSON(text, wire.Limits{})
}

var errNumber = errors.New("id: not a whole number above 0")

// Number returns the number that the object is to have, the entry's "id"; 0 for none.
func (e Entry) Number() (int64, error) {
	given, ok := e["id"]
	if !ok {
		return 0, nil
	}
	n, ok := given.(uint64)
	if !ok || n == 0 || n > 1<<40 {
		return 0, errNumber
	}
	return int64(n), nil
}
