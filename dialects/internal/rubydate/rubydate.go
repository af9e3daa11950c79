package rubydate

import "time"

// longest is the longest text in bytes that Ruby reads.
const longest = 128

// Parse reads a moment. A text without an offset is in UTC; now gives the date of a text that has
// only a time, and the year and month of one that lacks them. ok is false for a text that has
// neither a date nor a time, for a date that does not exist or is not of the years 1 to 9999, for a
// zone that is not known, and for a day given by its week or its number in the year.
func Parse(text string, now time.Time) (t time.Time, ok bool) {
	p := parse(text)
	if p.inWeeks || !p.zoneKnown() || !p.has(year, month, day, hour) {
		return time.Time{}, false
	}
	now = now.UTC()
	y, m, d := p.get(year, now.Year()), p.get(month, int(now.Month())), now.Day()
	if p.has(year, month) {
		d = 1
	}
	d = p.get(day, d)
	h, mi, s := p.get(hour, 0), p.get(minute, 0), p.get(second, 0)
	if !exists(y, m, d) || !onClock(h, mi, s) {
		return time.Time{}, false
	}
	t = time.Date(y, time.Month(m), d, h, mi, s, p.nanos, time.UTC)
	t = t.Add(-time.Duration(p.offset) * time.Second)
	return t, 0 < t.Year() && t.Year() < 10000
}

func exists(y, m, d int) bool {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return y > 0 && y < 10000 && t.Year() == y && int(t.Month()) == m && t.Day() == d
}

// onClock reports whether a day has that time; 24:00 and a leap second are of the next one.
func onClock(h, m, s int) bool {
	return h < 24 && m < 60 && s <= 60 || h == 24 && m == 0 && s == 0
}

// element is a number that a text can have.
type element int

const (
	year element = iota
	month
	day
	hour
	minute
	second
	elements
)

// parts are what a text says.
type parts struct {
	numbers [elements]int
	said    [elements]bool
	nanos   int    // of the second
	zone    string // as written
	offset  int    // of zone from UTC, in seconds
	known   bool   // offset is that of zone
	inWeeks bool   // it has the number of a week or of a day in the year
	beforeC bool   // the year is before Christ
}

func (p *parts) set(e element, n int) { p.numbers[e], p.said[e] = n, true }

// get returns a number, or other if the text does not say it.
func (p *parts) get(e element, other int) int {
	if p.said[e] {
		return p.numbers[e]
	}
	return other
}

func (p *parts) has(any ...element) bool {
	for _, e := range any {
		if p.said[e] {
			return true
		}
	}
	return false
}

func (p *parts) zoneKnown() bool { return p.zone == "" || p.known }
