package rubydate

import (
	"strings"
)

var (
	clockAndZone = pattern(`(?i)((?:\d+\s*:\s*\d+(?:\s*:\s*\d+(?:[,.]\d*)?)?|\d+\s*h(?:\s*\d+m?(?:\s*\d+s?)?)?)(?:\s*[ap](?:m\b|\.m\.))?|\d+\s*[ap](?:m\b|\.m\.))` +
		`(?:\s*((?:gmt|utc?)?[-+]\d+(?:[,.:]\d+(?::\d+)?)?|[[:alpha:].\s]+(?:standard|daylight)\stime\b|[[:alpha:]]+(?:\sdst)?\b))?`)
	clock = pattern(`(?i)\A(\d+)h?(?:\s*:?\s*(\d+)m?(?:\s*:?\s*(\d+)(?:[,.](\d*))?s?)?)?(?:\s*([ap])(?:m\b|\.m\.))?`)
)

// readTime reads a time of day and the zone after it.
func (p *parser) readTime() {
	found := p.take(clockAndZone)
	if found == nil {
		return
	}
	p.zone = found[2]
	g := clock().FindStringSubmatch(found[1])
	h := number(g[1])
	if half := strings.ToLower(g[5]); half != "" {
		h %= 12
		if half == "p" {
			h += 12
		}
	}
	p.set(hour, h)
	p.setIf(minute, g[2])
	p.setIf(second, g[3])
	p.nanos = nanosOf(g[4])
}

// nanosOf reads the digits of a fraction of a second; what is below a nanosecond is cut off.
func nanosOf(digits string) int { return number((digits + "000000000")[:9]) }

var compact = pattern(`(?i)([-+]?)(\d{2,14})(?:\s*t?\s*(\d{2,6})?(?:[,.](\d*))?)?(z\b|[-+]\d{1,4}\b|\[[-+]?\d[^\]]*\])?`)

// readDigits reads a date, a time, or both without separators.
func (p *parser) readDigits() bool {
	at := compact().FindStringSubmatchIndex(p.text)
	if at == nil {
		return false
	}
	hasFraction := at[8] >= 0
	g := p.take(compact)
	if g[3] == "" && hasFraction {
		p.fromTheRight(g[1], g[2])
	} else {
		p.fromTheLeft(g[1], g[2])
	}
	switch {
	case len(g[3])%2 != 0:
	case hasFraction:
		p.cutRight(g[3], second, minute, hour)
	default:
		p.cutLeft(g[3], hour, minute, second)
	}
	if hasFraction {
		p.nanos = nanosOf(g[4])
	}
	p.setZone(g[5])
	return true
}

// fromTheLeft reads digits by their number.
func (p *parser) fromTheLeft(sign, digits string) {
	switch n := len(digits); {
	case n == 2:
		p.set(day, number(digits))
	case n == 4:
		p.cutLeft(digits, month, day)
	case n == 6:
		p.set(year, number(sign+digits[:2]))
		p.cutLeft(digits[2:], month, day)
	case n >= 8 && n%2 == 0:
		p.set(year, number(sign+digits[:4]))
		p.cutLeft(digits[4:], month, day, hour, minute, second)
	case n == 3, n == 5, n == 7:
		p.inWeeks = true
	}
}

// fromTheRight reads digits before a fraction, which end in seconds.
func (p *parser) fromTheRight(sign, digits string) {
	if len(digits) == 14 {
		p.set(year, number(sign+digits[:4]))
		digits = digits[4:]
	} else if len(digits) == 12 {
		p.set(year, number(sign+digits[:2]))
		digits = digits[2:]
	}
	if n := len(digits); n <= 8 || n == 10 {
		p.cutRight(digits, second, minute, hour, day, month)
	}
}

// cutLeft gives two digits each to the elements, as far as they reach.
func (p *parser) cutLeft(digits string, to ...element) {
	for _, e := range to {
		if len(digits) < 2 {
			return
		}
		p.set(e, number(digits[:2]))
		digits = digits[2:]
	}
}

// cutRight gives two digits each to the elements, from the end; the last may have one.
func (p *parser) cutRight(digits string, to ...element) {
	for _, e := range to {
		if digits == "" {
			return
		}
		from := max(0, len(digits)-2)
		p.set(e, number(digits[from:]))
		digits = digits[:from]
	}
}

// setZone takes the zone of a compact form: Z, an offset, or an offset and perhaps a name in
// brackets.
func (p *parser) setZone(zone string) {
	inside, bracketed := strings.CutPrefix(zone, "[")
	if !bracketed {
		if zone != "" {
			p.zone = zone
		}
		return
	}
	offset, name, named := strings.Cut(strings.TrimSuffix(inside, "]"), ":")
	p.zone = name
	if !named {
		p.zone = offset
	}
	if '0' <= offset[0] && offset[0] <= '9' {
		offset = "+" + offset
	}
	p.offset, p.known = offsetOf(offset)
}
