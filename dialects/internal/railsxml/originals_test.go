package railsxml

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// original is a document and what Rails reads in it.
type original struct {
	Name     string
	Document []byte
	Read     json.RawMessage // null if Rails refuses it
	Differs  string          // why the gateway reads it differently
	Gateway  json.RawMessage // what the gateway reads then
}

func originals(t testing.TB) (all []original) {
	t.Helper()
	data, err := os.ReadFile("../../../testdata/originals/xml/xml.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestReadsAsRailsDoes(t *testing.T) {
	for _, o := range originals(t) {
		t.Run(o.Name, func(t *testing.T) {
			text := o.Read
			if o.Differs != "" {
				text = o.Gateway
			}
			want, err := wire.ParseJSON(text, wire.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := Parse(o.Document, wire.Limits{})
			if !wire.Equal(got, want) || (err != nil) != want.IsNull() {
				t.Errorf("got %s, %v, want %s", got.JSON(), err, want.JSON())
			}
		})
	}
}
