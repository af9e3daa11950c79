package wire

import (
	"testing"
	"time"
)

func TestAppendTime(t *testing.T) {
	east := time.FixedZone("east", 3*3600)
	full := time.Date(2015, 4, 15, 19, 2, 20, 181939999, east)
	whole := time.Date(2017, 5, 8, 19, 21, 13, 0, time.UTC)
	tiny := time.Date(999, 1, 2, 3, 4, 5, 1000, time.UTC)
	for name, c := range map[string]struct {
		at   time.Time
		form TimeForm
		want string
	}{
		"six digits and Z, cut":                 {full, MicrosZ, "2015-04-15T16:02:20.181939Z"},
		"six digits even when zero":             {whole, MicrosZ, "2017-05-08T19:21:13.000000Z"},
		"leading zeros stay":                    {tiny, MicrosZ, "0999-01-02T03:04:05.000001Z"},
		"with a blank, six digits":              {full, SpacedMicros, "2015-04-15 16:02:20.181939+00:00"},
		"with a blank, a zero fraction is gone": {whole, SpacedMicros, "2017-05-08 19:21:13+00:00"},
		"three digits, cut":                     {full, MillisOffset, "2015-04-15T16:02:20.181+00:00"},
		"three digits even when zero":           {whole, MillisOffset, "2017-05-08T19:21:13.000+00:00"},
		"seconds with an offset":                {full, SecondsOffset, "2015-04-15T16:02:20+00:00"},
		"a year before zero is zero":            {time.Date(-5, 1, 2, 3, 4, 5, 0, time.UTC), SecondsZ, "0000-01-02T03:04:05Z"},
		"seconds with Z":                        {full, SecondsZ, "2015-04-15T16:02:20Z"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(AppendTime(nil, c.at, c.form)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
