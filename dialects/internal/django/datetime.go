package django

import (
	"regexp"
	"strconv"
	"sync"
	"time"
)

// datetime is what Python's strptime makes of the format "%Y-%m-%dT%H:%M:%S.%fZ", for which case does not count. It
// never changes.
var datetime = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(\d{4})-(1[0-2]|0[1-9]|[1-9])-(3[01]|[12]\d|0[1-9]|[1-9]| [1-9])` +
		`T(2[0-3]|[01]\d|\d):([0-5]\d|\d):([0-5]\d|\d)\.(\d{1,6})Z$`)
})

// ParseDatetime reads a date and time as a field of a form or of JSON does that wants "YYYY-MM-DDThh:mm:ss.uuuuuuZ":
// numbers need no leading zeros, and a fraction may be shorter. Nothing else may be left out. The time is in UTC.
func ParseDatetime(text string) (at time.Time, ok bool) {
	parts := datetime().FindStringSubmatch(text)
	if parts == nil {
		return time.Time{}, false
	}
	var n [8]int
	for i, digits := range parts[1:] {
		if digits[0] == ' ' {
			digits = digits[1:]
		}
		n[i], _ = strconv.Atoi(digits) // the pattern has digits alone
	}
	micros := n[6]
	for range 6 - len(parts[7]) {
		micros *= 10
	}
	at = time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], micros*1000, time.UTC)
	return at, n[0] > 0 && at.Day() == n[2] // no 30 February
}
