package edge

import (
	"strconv"
	"time"
)

// timestamp writes times of one place in the forms of log/slog's handlers. All but the fraction
// is the same for every line of a second, and is kept.
type timestamp struct {
	second     int64
	upTo, zone []byte
}

// nanos is RFC 3339 with as many digits as it takes, millis with three.
func (s *timestamp) nanos(b []byte, t time.Time) []byte {
	s.keep(t)
	b = append(b, s.upTo...)
	if n := t.Nanosecond(); n > 0 {
		b = appendFraction(b, n, 9)
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return append(b, s.zone...)
}

func (s *timestamp) millis(b []byte, t time.Time) []byte {
	s.keep(t)
	b = appendFraction(append(b, s.upTo...), t.Nanosecond()/1e6, 3)
	return append(b, s.zone...)
}

func (s *timestamp) keep(t time.Time) {
	if second := t.Unix(); second != s.second || len(s.upTo) == 0 {
		s.second = second
		s.upTo = t.AppendFormat(s.upTo[:0], "2006-01-02T15:04:05")
		s.zone = t.AppendFormat(s.zone[:0], "Z07:00")
	}
}

// appendFraction writes a point and n with that many digits.
func appendFraction(b []byte, n, digits int) []byte {
	b = append(b, '.')
	for unit := 1; digits > 1; digits-- {
		unit *= 10
		if n < unit {
			b = append(b, '0')
		}
	}
	return strconv.AppendInt(b, int64(n), 10)
}
