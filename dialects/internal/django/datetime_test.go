package django

import (
	"encoding/json"
	"os"
	"testing"
)

func TestOddDatesAreReadAsStrptimeReadsThem(t *testing.T) {
	var rows []struct {
		In   string  `json:"in"`
		Read *string `json:"read"`
	}
	text, err := os.ReadFile("../../../testdata/originals/strptime/odd.json")
	if err == nil {
		err = json.Unmarshal(text, &rows)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		at, ok := ParseDatetime(row.In)
		got := at.Format("2006-01-02T15:04:05.000000Z")
		if ok != (row.Read != nil) || ok && got != *row.Read {
			t.Errorf("%q is read as %s, %t", row.In, got, ok)
		}
	}
}

func FuzzParseDatetime(f *testing.F) {
	for _, text := range []string{"2016-7-1T1:2:3.5Z", "2016-07- 1t23:59:59.999999z", "2015-02-29T01:02:03.5Z", "", "null"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, ok := ParseDatetime(text)
		if !ok {
			return
		}
		again, ok := ParseDatetime(at.Format("2006-01-02T15:04:05.000000Z"))
		if !ok || !again.Equal(at) {
			t.Fatalf("%q is %v, whose own form is read as %v, %t", text, at, again, ok)
		}
	})
}
