package edge

import (
	"testing"
	"time"
)

func TestTimestampIsWhatTheTimePackageWrites(t *testing.T) {
	var stamp timestamp
	east := time.FixedZone("", 5*3600+1800)
	for _, at := range []time.Time{
		time.Unix(0, 0), time.Unix(1700000000, 123456789), time.Unix(1700000000, 1), time.Unix(1700000000, 999999999),
		time.Unix(1700000003, 120000000).In(east), time.Unix(1700000001, 1000000).In(east), time.Unix(1700000002, 50).UTC(), time.Unix(-1, 5e8),
	} {
		if got, want := string(stamp.nanos(nil, at)), at.Format(time.RFC3339Nano); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got, want := string(stamp.millis(nil, at)), at.Format("2006-01-02T15:04:05.000Z07:00"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
