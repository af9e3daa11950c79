package upload

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// A record of an earlier version does not name the holders.
func TestAllUsesOfAnOldRecordAreTheOwners(t *testing.T) {
	b, err := load(&core.Record{Owner: 7, Body: core.NewDocument([]byte(`{"type":"image/png","uses":2}`))})
	if err != nil || b.Type != "image/png" || b.Uses != 0 || len(b.Holders) != 1 || b.Holders[7] != 2 {
		t.Errorf("%+v, %v", b, err)
	}
}
