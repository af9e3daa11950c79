package main

import (
	"strconv"
	"time"
)

// thousands writes a count so that its size is seen at once: 1,234,567.
func thousands(x float64) string {
	digits := strconv.FormatFloat(x, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// short writes a duration with three digits or so.
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

// mebibytes writes a size; "-" where it is not known.
func mebibytes(n int64) string {
	if n == 0 {
		return "-"
	}
	return strconv.FormatInt((n+1<<19)>>20, 10)
}

// String says how much it is and how much it was.
func (m memory) String() string {
	return mebibytes(m.Own) + " MiB of its own and " + mebibytes(m.Files) + " MiB of files; " + mebibytes(m.Peak) + " MiB at most"
}
