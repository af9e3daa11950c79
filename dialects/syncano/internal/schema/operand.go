package schema

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// ReadOperand reads a value that queries compare with those of fields of the
// type, and returns its stored form. It reads as the column of the original does,
// more loosely than values are read that are written, and it knows no null.
func ReadOperand(t Type, v wire.Value) (stored, fault string) {
	ok := false
	switch t {
	case Integer, Reference:
		if stored, ok = wholeOperand(v); !ok {
			fault = quoted(v) + " value must be an integer."
		}
	case Float:
		if stored, fault = readFloat(v); fault != "" {
			fault = quoted(v) + " value must be a float."
		}
	case Boolean:
		if stored, ok = booleanOperand(v); !ok {
			fault = quoted(v) + " value must be either None, True or False."
		}
	case Datetime: // bare, or as it is shown
		if inner, shown := v.Get("value"); shown {
			v = inner
		}
		var at time.Time
		at, fault = datetimeOperand(v)
		stored = `"` + at.Format(DatetimeLayout) + `"`
	default:
		stored = string(wire.String(TextOperand(v)).JSON())
	}
	return stored, fault
}

// TextOperand is a value as Python's str prints it.
func TextOperand(v wire.Value) string {
	if v.Kind() == wire.KindNumber {
		return NumberText(v)
	}
	return ChoiceText(v)
}

func quoted(v wire.Value) string { return "'" + TextOperand(v) + "'" }

// wholeOperand reads what Python's int takes: a fraction is cut off a number, not
// off a text.
func wholeOperand(v wire.Value) (stored string, ok bool) {
	switch v.Kind() {
	case wire.KindBool:
		b, _ := v.Bool()
		return bit(b), true
	case wire.KindNumber:
		n, ok := v.Float()
		if strings.ContainsAny(v.Text(), ".eE") {
			return strconv.FormatFloat(math.Trunc(n), 'f', -1, 64), ok
		}
		return v.Text(), true
	case wire.KindString:
		s := pystyle.Strip(v.Text())
		digits := strings.TrimLeft(s, "+-")
		return s, len(s)-len(digits) <= 1 && isDigits(digits)
	}
	return "", false
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// booleanOperand reads the few spellings that the column knows.
func booleanOperand(v wire.Value) (stored string, ok bool) {
	switch v.Kind() {
	case wire.KindBool:
		return v.Text(), true
	case wire.KindNumber:
		n, ok := v.Float()
		return strconv.FormatBool(n == 1), ok && (n == 0 || n == 1)
	case wire.KindString:
		switch v.Text() {
		case "t", "True", "1":
			return "true", true
		case "f", "False", "0":
			return "false", true
		}
	}
	return "", false
}

// datetimeOperand reads a date, with or without a time and an offset. Without an
// offset it is UTC.
func datetimeOperand(v wire.Value) (at time.Time, fault string) {
	text, _ := v.Str()
	s := &dateScanner{rest: text}
	year, month, day := s.date()
	if !s.bad && s.rest == "" {
		at, ok := civil(year, month, day, [4]int{}, 0)
		if !ok {
			return at, quoted(v) + " value has the correct format (YYYY-MM-DD) but it is an invalid date."
		}
		return at, ""
	}
	clock, offset := s.clock()
	if s.bad || s.rest != "" {
		return at, quoted(v) + " value has an invalid format. It must be in YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ] format."
	}
	at, ok := civil(year, month, day, clock, offset)
	if !ok {
		return at, quoted(v) + " value has the correct format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]) but it is an invalid date/time."
	}
	return at, ""
}

// civil makes a time of numbers that may be out of range. offset is in seconds
// east of UTC.
func civil(year, month, day int, clock [4]int, offset int) (time.Time, bool) {
	at := time.Date(year, time.Month(month), day, clock[0], clock[1], clock[2], clock[3], time.UTC)
	y, m, d := at.Date()
	valid := y == year && int(m) == month && d == day && clock[0] < 24 && clock[1] < 60 && clock[2] < 60
	at = at.Add(-time.Duration(offset) * time.Second)
	return at, valid && at.Year() >= 1 && at.Year() <= 9999 && offset > -86400 && offset < 86400
}

// dateScanner reads a date from left to right. bad is set at the first fault.
type dateScanner struct {
	rest string
	bad  bool
}

// number reads as many digits as there are, up to most.
func (s *dateScanner) number(least, most int) (n int) {
	i := 0
	for ; i < len(s.rest) && i < most && s.rest[i] >= '0' && s.rest[i] <= '9'; i++ {
		n = n*10 + int(s.rest[i]-'0')
	}
	s.bad = s.bad || i < least
	s.rest = s.rest[i:]
	return n
}

// optional reads one of the bytes of set, if the next byte is one.
func (s *dateScanner) optional(set string) byte {
	if s.rest == "" || strings.IndexByte(set, s.rest[0]) < 0 {
		return 0
	}
	b := s.rest[0]
	s.rest = s.rest[1:]
	return b
}

func (s *dateScanner) wanted(set string) { s.bad = s.optional(set) == 0 || s.bad }

func (s *dateScanner) date() (year, month, day int) {
	year = s.number(4, 4)
	s.wanted("-")
	month = s.number(1, 2)
	s.wanted("-")
	return year, month, s.number(1, 2)
}

// clock reads hours, minutes, seconds and nanoseconds, and an offset in seconds.
func (s *dateScanner) clock() (clock [4]int, offset int) {
	s.wanted("T ")
	clock[0] = s.number(1, 2)
	s.wanted(":")
	clock[1] = s.number(1, 2)
	if s.optional(":") != 0 {
		clock[2] = s.number(1, 2)
		if s.optional(".") != 0 {
			before := len(s.rest)
			clock[3] = s.number(1, 6)
			for range 9 - (before - len(s.rest)) {
				clock[3] *= 10
			}
			s.number(0, 6)
		}
	}
	return clock, s.offset()
}

func (s *dateScanner) offset() int {
	sign := s.optional("Z+-")
	if sign == 0 || sign == 'Z' {
		return 0
	}
	seconds := s.number(2, 2) * 3600
	if s.optional(":") != 0 || s.rest != "" {
		seconds += s.number(2, 2) * 60
	}
	if sign == '-' {
		return -seconds
	}
	return seconds
}
