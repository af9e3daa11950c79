// Package oddtext reads the odd strings that the parsers of queries and forms are tested
// with: testdata/originals/queries/odd.json has each with what the original programs read.
package oddtext

import (
	"encoding/json"
	"os"
	"testing"
)

// Rows reads the rows as Row has them, from the folder of a package below
// dialects/internal.
func Rows[Row any](t testing.TB) (rows []Row) {
	t.Helper()
	text, err := os.ReadFile("../../../testdata/originals/queries/odd.json")
	if err == nil {
		err = json.Unmarshal(text, &rows)
	}
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Bytes returns the bytes that a row writes as characters.
func Bytes(text string) []byte {
	var raw []byte
	for _, r := range text {
		raw = append(raw, byte(r))
	}
	return raw
}
