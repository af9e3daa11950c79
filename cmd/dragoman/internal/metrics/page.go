package metrics

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Page is the text while it is written.
type Page struct {
	text []byte
	name string
}

func (p *Page) begin(f family) {
	p.name = f.name
	p.write("# HELP ", f.name, " ", escapeHelp(f.help), "\n# TYPE ", f.name, " ", f.kind, "\n")
}

// Sample writes one line. The labels are made by [Labels], or "" for none.
func (p *Page) Sample(labels string, value float64) { p.line("", labels, value) }

// Histogram writes the lines of one histogram, in seconds. counts[i] is what is
// above bounds[i-1] and at most bounds[i]; one number more is for what is above all.
func (p *Page) Histogram(labels string, bounds []time.Duration, counts []uint64, sum time.Duration) {
	total := uint64(0)
	for i, n := range counts {
		total += n
		bound := math.Inf(1)
		if i < len(bounds) {
			bound = bounds[i].Seconds()
		}
		p.line("_bucket", join(labels, `le="`+number(bound)+`"`), float64(total))
	}
	p.line("_sum", labels, sum.Seconds())
	p.line("_count", labels, float64(total))
}

func (p *Page) line(suffix, labels string, value float64) {
	p.write(p.name, suffix)
	if labels != "" {
		p.write("{", labels, "}")
	}
	p.write(" ", number(value), "\n")
}

func (p *Page) write(parts ...string) {
	for _, part := range parts {
		p.text = append(p.text, part...)
	}
}

// Labels writes pairs of name and value as they stand between the braces.
func Labels(pairs ...string) string {
	labels := ""
	for i := 0; i+1 < len(pairs); i += 2 {
		labels = join(labels, pairs[i]+`="`+escapeValue(pairs[i+1])+`"`)
	}
	return labels
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "," + b
}

func number(v float64) string {
	if math.IsInf(v, 1) {
		return "+Inf"
	}
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return strconv.FormatInt(int64(v), 10)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func escapeHelp(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(s)
}

func escapeValue(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(s)
}
