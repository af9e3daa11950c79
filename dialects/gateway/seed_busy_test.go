package gateway

import (
	"errors"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// TestADatabaseThatIsTooSlowIsNotTheSeedsFault names the store also where the entry is
// known that was being applied.
func TestADatabaseThatIsTooSlowIsNotTheSeedsFault(t *testing.T) {
	s := &Seed{path: "seed.yaml"}
	for kind, want := range map[core.Kind]Cause{core.Busy: BadStore, core.Internal: BadStore, core.Conflict: BadSeed} {
		var got *Error
		if err := s.applyError("$.users[0]", &core.Error{Kind: kind, Err: errors.New("statement timeout")}); !errors.As(err, &got) || got.Cause != want {
			t.Errorf("%v: %v", kind, err)
		}
	}
}
