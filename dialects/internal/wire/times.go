package wire

import "time"

// TimeForm is one of the ways in which dialects print a moment. All print UTC.
type TimeForm uint8

// The forms.
const (
	MicrosZ       TimeForm = iota // 2006-01-02T15:04:05.000000Z
	SpacedMicros                  // 2006-01-02 15:04:05.000000+00:00, the fraction left out when it is zero
	MillisOffset                  // 2006-01-02T15:04:05.000+00:00
	SecondsOffset                 // 2006-01-02T15:04:05+00:00
	SecondsZ                      // 2006-01-02T15:04:05Z
)

// AppendTime appends t in UTC, without quotes. Finer digits than the form shows are cut, not rounded. Years are
// from 0 to 9999; others show their nearest or last four digits.
func AppendTime(dst []byte, t time.Time, form TimeForm) []byte {
	t = t.UTC()
	between := byte('T')
	if form == SpacedMicros {
		between = ' '
	}
	dst = appendSeconds(dst, t, between)
	dst = appendFraction(dst, t.Nanosecond()/1000, form)
	if form == MicrosZ || form == SecondsZ {
		return append(dst, 'Z')
	}
	return append(dst, "+00:00"...)
}

func appendSeconds(dst []byte, t time.Time, between byte) []byte {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = appendDigits(dst, max(year, 0), 4)
	dst = appendDigits(append(dst, '-'), int(month), 2)
	dst = appendDigits(append(dst, '-'), day, 2)
	dst = appendDigits(append(dst, between), hour, 2)
	dst = appendDigits(append(dst, ':'), minute, 2)
	return appendDigits(append(dst, ':'), second, 2)
}

func appendFraction(dst []byte, micros int, form TimeForm) []byte {
	switch {
	case form == MicrosZ, form == SpacedMicros && micros != 0:
		return appendDigits(append(dst, '.'), micros, 6)
	case form == MillisOffset:
		return appendDigits(append(dst, '.'), micros/1000, 3)
	}
	return dst
}

// appendDigits appends the last n decimal digits of v.
func appendDigits(dst []byte, v, n int) []byte {
	if n == 2 {
		return append(dst, byte('0'+v/10%10), byte('0'+v%10))
	}
	from := len(dst)
	dst = append(dst, "000000"[:n]...)
	for i := from + n - 1; i >= from; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
	return dst
}
