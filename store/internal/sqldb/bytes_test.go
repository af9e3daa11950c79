package sqldb

import "testing"

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "100": 100, "64MiB": 64 << 20, "2GiB": 2 << 30, "1KiB": 1024, "": -1, "MiB": -1, "-1": -1, "64MB": -1, "99999999999GiB": -1,
	} {
		got, err := ParseBytes(text)
		if want < 0 && err == nil || want >= 0 && (err != nil || got != want) {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
}
