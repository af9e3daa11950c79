package main

import (
	"strconv"
	"time"
)

// thousands formats a count with separators: 1,234,567.
func thousands(x float64) string {
	digits := strconv.FormatFloat(x, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// short formats a duration with about three digits.
func short(d time.Duration) string {
	switch {
	case d <= 0:
		return "-"
	case d < time.Millisecond:
		return strconv.FormatInt(d.Microseconds(), 10) + " µs"
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(d.Seconds()*1e3, 'f', 2, 64) + " ms"
	case d < time.Second:
		return strconv.FormatFloat(d.Seconds()*1e3, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
}

// mebibytes formats a size in MiB; "-" if unknown.
func mebibytes(n int64) string {
	if n == 0 {
		return "-"
	}
	return strconv.FormatInt((n+1<<19)>>20, 10)
}

// String describes the memory in use and its peak.
func (m memory) String() string {
	return mebibytes(m.Own) + " MiB private and " + mebibytes(m.Files) + " MiB of mapped files; peak " + mebibytes(m.Peak) + " MiB"
}
