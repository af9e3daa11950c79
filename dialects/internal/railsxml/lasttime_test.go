package railsxml

import (
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func TestMomentsThatRepeatLookAsTheyDidBefore(t *testing.T) {
	moments := []time.Time{
		{}, time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC), time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC),
		time.Date(2024, 5, 6, 9, 8, 9, 0, time.FixedZone("", 7200)), {}, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}
	var quoted, bare lastTime
	for _, at := range moments {
		for range 2 {
			want := string(wire.AppendTime(nil, at, wire.MillisOffset))
			if got := string(quoted.text(at, wire.MillisOffset, '"')); got != `"`+want+`"` {
				t.Errorf("%v is %s", at, got)
			}
			want = string(wire.AppendTime(nil, at, wire.SecondsOffset))
			if got := string(bare.text(at, wire.SecondsOffset, 0)); got != want {
				t.Errorf("%v is %s", at, got)
			}
		}
	}
}
