package rubydate

import (
	"regexp"
	"strings"
	"sync"
)

// What a text is searched for; the names are those of the forms. What is found is replaced by a
// blank, so that it is not found again.
const (
	months = `jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec`
	era    = `(c(?:e|\.e\.)|b(?:ce|\.c\.e\.)|a(?:d|\.d\.)|b(?:c|\.c\.))?`
)

var (
	otherSigns = pattern(`[^-+',./:@\pL\pN\[\]]+`)
	weekday    = pattern(`(?i)\b(sun|mon|tue|wed|thu|fri|sat)[^-/\d\s]*`)
	european   = pattern(`(?i)('?\d+)[^-\d\s]*\s*(` + months + `)[^-\d\s']*(?:\s*` + era + `\s*('?-?\d+(?:(?:st|nd|rd|th)\b)?))?`)
	american   = pattern(`(?i)\b(` + months + `)[^-\d\s']*\s*('?\d+)[^-\d\s']*(?:\s*,?\s*` + era + `\s*('?-?\d+))?`)
	iso        = pattern(`('?[-+]?\d+)-(\d+)-('?-?\d+)`)
	isoWeek    = pattern(`(?i)\b(\d{2}|\d{4})?-?w(\d{2})(?:-?(\d))?\b`)
	isoWeekday = pattern(`(?i)-w-(\d)\b`)
	isoMonth   = pattern(`--(\d{2})?-(\d{2})\b`)
	isoCompact = pattern(`--(\d{2})(\d{2})?\b`)
	isoYearday = pattern(`\b(\d{2}|\d{4})-(\d{3})\b`)
	isoDay     = pattern(`\b-(\d{3})\b`)
	fraction   = pattern(`[,.](\d{2}|\d{4})-\d{3}\b`)
	digitsDay  = pattern(`\d-\d{3}\b`)
	japanese   = pattern(`(?i)\b([mtshr])(\d+)\.(\d+)\.(\d+)`)
	vms        = pattern(`(?i)('?-?\d+)-(` + months + `)[^-/.]*-('?-?\d+)`)
	vmsMonth   = pattern(`(?i)\b(` + months + `)[^-/.]*-('?-?\d+)(?:-('?-?\d+))?`)
	slashes    = pattern(`('?-?\d+)/\s*('?\d+)(?:\D\s*('?-?\d+))?`)
	dots       = pattern(`('?-?\d+)\.\s*('?\d+)\.\s*('?-?\d+)`)
	shortYear  = pattern(`'(\d+)\b`)
	monthName  = pattern(`(?i)\b(` + months + `)\S*`)
	ordinal    = pattern(`(?i)(\d+)(?:st|nd|rd|th)\b`)
	christian  = pattern(`(?i)\b(bc\b|bce\b|b\.c\.|b\.c\.e\.)`)
	rest       = pattern(`\A\s*(\d{1,2})\s*\z`)
)

// pattern returns a regular expression that is compiled when it is first used: most
// processes never need it, and all would wait for it at their start.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// parser takes a text apart.
type parser struct {
	parts
	text string
}

// parse finds the parts of a text: a weekday and a time, then the first of the forms of a date
// that is in the rest.
func parse(text string) *parts {
	if len(text) > longest {
		return &parts{}
	}
	p := &parser{text: otherSigns().ReplaceAllString(text, " ")}
	p.take(weekday)
	p.readTime()
	for _, form := range []func(*parser) bool{
		(*parser).readEuropean, (*parser).readAmerican, (*parser).readISO, (*parser).readJapanese,
		(*parser).readVMS, (*parser).readSlashes, (*parser).readDots, (*parser).readISOParts,
		(*parser).readShortYear, (*parser).readMonth, (*parser).readOrdinal, (*parser).readDigits,
	} {
		if form(p) {
			break
		}
	}
	p.readEra()
	p.readRest()
	if p.zone != "" && !p.known {
		p.offset, p.known = offsetOf(p.zone)
	}
	return &p.parts
}

// take searches for a form and returns its groups; nil if it is not there.
func (p *parser) take(form func() *regexp.Regexp) []string {
	at := form().FindStringSubmatchIndex(p.text)
	if at == nil {
		return nil
	}
	groups := make([]string, len(at)/2)
	for i := range groups {
		if at[2*i] >= 0 {
			groups[i] = p.text[at[2*i]:at[2*i+1]]
		}
	}
	p.text = p.text[:at[0]] + " " + p.text[at[1]:]
	return groups
}

func (p *parser) readEuropean() bool {
	g := p.take(european)
	if g == nil {
		return false
	}
	p.setDate(g[4], monthOf(g[2]), g[1])
	p.beforeC = strings.HasPrefix(strings.ToLower(g[3]), "b")
	return true
}

func (p *parser) readAmerican() bool {
	g := p.take(american)
	if g == nil {
		return false
	}
	p.setDate(g[4], monthOf(g[1]), g[2])
	p.beforeC = strings.HasPrefix(strings.ToLower(g[3]), "b")
	return true
}

// readTriple reads a form of three numbers, which stand in the order year, month, day.
func (p *parser) readTriple(form func() *regexp.Regexp) bool {
	g := p.take(form)
	if g == nil {
		return false
	}
	p.setDate(g[1], g[2], g[3])
	return true
}

func (p *parser) readISO() bool     { return p.readTriple(iso) }
func (p *parser) readSlashes() bool { return p.readTriple(slashes) }
func (p *parser) readDots() bool    { return p.readTriple(dots) }

// readJapanese reads a year of an emperor's reign.
func (p *parser) readJapanese() bool {
	g := p.take(japanese)
	if g == nil {
		return false
	}
	first := map[string]int{"m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018}[strings.ToLower(g[1])]
	p.set(year, number(g[2])+first)
	p.set(month, number(g[3]))
	p.set(day, number(g[4]))
	return true
}

func (p *parser) readVMS() bool {
	if g := p.take(vms); g != nil {
		p.setDate(g[3], monthOf(g[2]), g[1])
		return true
	}
	g := p.take(vmsMonth)
	if g == nil {
		return false
	}
	p.setDate(g[3], monthOf(g[1]), g[2])
	return true
}

// readISOParts reads dates that lack their beginning, and those by the week or the day of the year.
func (p *parser) readISOParts() bool {
	switch {
	case p.take(isoWeek) != nil, p.take(isoWeekday) != nil:
		p.inWeeks = true
		return true
	}
	if g := p.take(isoMonth); g != nil {
		p.setIf(month, g[1])
		p.set(day, number(g[2]))
		return true
	}
	if g := p.take(isoCompact); g != nil {
		p.set(month, number(g[1]))
		p.setIf(day, g[2])
		return true
	}
	if !fraction().MatchString(p.text) && p.take(isoYearday) != nil ||
		!digitsDay().MatchString(p.text) && p.take(isoDay) != nil {
		p.inWeeks = true
		return true
	}
	return false
}

func (p *parser) readShortYear() bool { return p.readOne(shortYear, year) }
func (p *parser) readOrdinal() bool   { return p.readOne(ordinal, day) }

func (p *parser) readOne(form func() *regexp.Regexp, e element) bool {
	g := p.take(form)
	if g == nil {
		return false
	}
	p.set(e, number(g[1]))
	return true
}

func (p *parser) readMonth() bool {
	g := p.take(monthName)
	if g == nil {
		return false
	}
	p.set(month, number(monthOf(g[1])))
	return true
}

// readEra makes a year before Christ the astronomers' number.
func (p *parser) readEra() {
	if p.take(christian) != nil {
		p.beforeC = true
	}
	if p.beforeC && p.said[year] {
		p.set(year, 1-p.numbers[year])
	}
}

// readRest takes a lone number for the day beside a time, and for the hour beside a day.
func (p *parser) readRest() {
	g := rest().FindStringSubmatch(p.text)
	if g == nil {
		return
	}
	n := number(g[1])
	switch {
	case p.said[hour] && !p.said[day] && 1 <= n && n <= 31:
		p.set(day, n)
	case p.said[day] && !p.said[hour] && n <= 24:
		p.set(hour, n)
	}
}

func (p *parser) setIf(e element, digits string) {
	if digits != "" {
		p.set(e, number(digits))
	}
}
