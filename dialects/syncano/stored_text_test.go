package syncano_test

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// A character that HTML escapes takes one byte in the store, and not six.
func TestValuesAreStoredAsTheyAre(t *testing.T) {
	w := newNotes(t)
	err := w.dir.View(context.Background(), func(tx *core.Tx) error {
		rows, err := tx.Records(core.RecordQuery{Realm: core.MainRealm, Kind: "syncano.object/note"})
		for _, row := range rows {
			if n := len(row.Body.Text()); n > 31_000 {
				t.Errorf("an object takes %d bytes", n)
			}
		}
		if len(rows) != 10 {
			t.Errorf("%d objects", len(rows))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
