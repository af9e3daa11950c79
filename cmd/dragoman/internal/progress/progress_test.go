package progress

import (
	"strings"
	"testing"
	"time"
)

// clock is a clock that the test moves.
type clock struct{ now time.Time }

func (c *clock) add(d time.Duration) { c.now = c.now.Add(d) }

func show(t *testing.T, form Form, size int64) string {
	t.Helper()
	var out strings.Builder
	now, read := &clock{time.Unix(1, 0)}, int64(0)
	m := New(Options{Out: &out, Form: form, Source: "a.csv", Size: size,
		Read: func() int64 { return read }, Now: func() time.Time { return now.now }})
	for range 2 {
		for range lineEvery {
			m.Row()
		}
		now.add(50 * time.Second)
		read += 250
		m.Show(map[string]int{"added": m.rows})
	}
	m.Clear()
	m.End(map[string]int{"added": m.rows})
	return out.String()
}

func TestPlainLinesHaveRateAndTimeLeft(t *testing.T) {
	want := "a.csv: 100000 rows, 2000 a second, 25 %, 2m30s left\na.csv: 200000 rows, 2000 a second, 50 %, 1m40s left\n"
	if got := show(t, Lines, 1000); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want = "a.csv: 100000 rows, 2000 a second\na.csv: 200000 rows, 2000 a second\n"
	if got := show(t, Lines, 0); got != want {
		t.Errorf("of unknown size: %q, want %q", got, want)
	}
}

func TestJSONHasALineABatch(t *testing.T) {
	lines := strings.Split(show(t, JSON, 1000), "\n")
	want := `{"source":"a.csv","rows":100000,"verdicts":{"added":100000},"read":250,"size":1000,"rows_per_second":2000,"seconds_left":150}`
	if len(lines) != 4 || lines[0] != want {
		t.Errorf("got %q, want %q first of three", lines, want)
	}
}

func TestTheBarHasRowsAndShare(t *testing.T) {
	got := show(t, Bar, 1000)
	for _, want := range []string{"a.csv: 200000 rows, 2000 a second", "50%"} {
		if !strings.Contains(got, want) {
			t.Errorf("the bar lacks %q: %q", want, got)
		}
	}
	if got := show(t, None, 1000); got != "" {
		t.Errorf("none shows %q", got)
	}
}
