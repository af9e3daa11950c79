package rubydate

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

// now is the moment at which make.rb asks Ruby.
var now = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// reading is what Ruby and Rails read in a text.
type reading struct {
	Text string
	Time *string
}

func readings(t testing.TB) (all []reading) {
	t.Helper()
	data, err := os.ReadFile("../../../testdata/originals/dates/dates.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestReadsAsRubyDoes(t *testing.T) {
	for _, r := range readings(t) {
		want := "nothing"
		if r.Time != nil {
			want = *r.Time
		}
		got := "nothing"
		if moment, ok := Parse(r.Text, now); ok {
			got = moment.Format("2006-01-02T15:04:05.000000")
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", r.Text, got, want)
		}
	}
}

// FuzzParse holds that Parse takes any text, and only moments that an answer can show.
func FuzzParse(f *testing.F) {
	for _, r := range readings(f) {
		f.Add(r.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		moment, ok := Parse(text, now)
		if ok && (moment.Year() < 1 || moment.Year() > 9999) {
			t.Errorf("%q: the year is %d", text, moment.Year())
		}
	})
}
