package syncano_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// TestFilterThatCannotBeAppliedIsAnError: a document that cannot be parsed, here
// one that is nested too deep, is not shown unfiltered.
func TestFilterThatCannotBeAppliedIsAnError(t *testing.T) {
	w := newWorld(t, nil)
	w.update(func(tx *core.Tx) error {
		owner, err := tx.User(core.ByUsername("syncano:accounts", "owner@example.com"))
		if err != nil {
			return err
		}
		owner.Facets.Set(syncano.Name, []byte(`{"is_active": true, "metadata": {"a": `+strings.Repeat("[", 1200)+strings.Repeat("]", 1200)+`}}`))
		return tx.SaveUser(owner)
	})
	for _, query := range []string{"?fields=id", "?excluded_fields=email"} {
		w.refused(ownerKey, "GET", "/v1.1/account/"+query, "", http.StatusInternalServerError, `{"detail":"Internal server error."}`)
	}
}
