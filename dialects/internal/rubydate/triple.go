package rubydate

import (
	"strconv"
	"strings"
)

// unreal stands for a number that is too large for a date.
const unreal = 1 << 30

// number reads digits with a sign; unreal if there are too many.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return unreal
	}
	return n
}

// monthOf returns the number of a month as digits, by the first three letters of its name.
func monthOf(name string) string {
	at := strings.Index(months, strings.ToLower(name))
	return strconv.Itoa(at/4 + 1)
}

var (
	leading = pattern(`\A[^-+\d]*(\d+)([^\d].*)?`)
	signed  = pattern(`[-+]?\d+`)
)

// setDate takes three texts that stand in the places of year, month and day, "" if there is none.
// A text with an apostrophe or more than two characters is a year, wherever it stands.
func (p *parser) setDate(y, m, d string) {
	if y != "" && m != "" && d == "" {
		y, m, d = d, y, m
	}
	if y == "" && isYear(d) {
		y, d = d, y
	}
	if g := leading().FindStringSubmatch(strings.TrimLeft(y, "'-+")); g != nil && g[2] != "" {
		y, d = d, g[1]
	}
	if isYear(m) {
		y, m, d = m, d, y
	}
	if isYear(d) {
		y, d = d, y
	}
	for e, text := range map[element]string{year: y, month: m, day: d} {
		if digits := signed().FindString(text); digits != "" {
			if e != year {
				digits = strings.TrimLeft(digits, "-+")
			}
			p.set(e, number(digits))
		}
	}
}

func isYear(text string) bool { return strings.HasPrefix(text, "'") || len(text) > 2 }
