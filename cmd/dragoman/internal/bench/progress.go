package bench

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress shows how far a load has come: a line for each tenth and, if somebody
// watches, a bar.
type progress struct {
	lines io.Writer
	bar   io.Writer // a terminal, or nil
	total uint64
	begun filled    // the state at the start of this tenth
	drawn time.Time // the bar, last
	rates []float64 // of the tenths that this run did whole, in users a second
	most  int64     // bytes of memory at the ends of tenths, without files
}

const barWidth = 40

func newProgress(lines, terminal io.Writer, total uint64) *progress {
	p := &progress{lines: lines, total: total}
	if isTerminal(terminal) {
		p.bar = terminal
	}
	return p
}

// isTerminal tells whether a person may be looking.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// update takes the news. A tenth ends with the first news at or behind its end.
func (p *progress) update(now filled) {
	if p.begun.there == 0 && now.there > now.added {
		p.begun.there = now.there - now.added
	}
	if now.there*10/p.total > p.begun.there*10/p.total {
		p.tenth(now)
	}
	if p.bar != nil && (time.Since(p.drawn) > 100*time.Millisecond || now.there == p.total) {
		p.draw(now)
	}
}

func (p *progress) tenth(now filled) {
	rate := perSecond(now.there-p.begun.there, now.took-p.begun.took)
	p.rates = append(p.rates, rate)
	own := self().memory().Own
	p.most = max(p.most, own)
	p.begun = now
	p.clear()
	fmt.Fprintf(p.lines, "%3d %%  %11s users  %9s users/s  %5s MiB\n", now.there*100/p.total, thousands(float64(now.there)), thousands(rate), mebibytes(own))
}

func (p *progress) draw(now filled) {
	p.drawn = time.Now()
	full := int(now.there * barWidth / p.total)
	rate := perSecond(now.added, now.took)
	left := time.Duration(float64(p.total-now.there) / max(rate, 1) * float64(time.Second))
	fmt.Fprintf(p.bar, "\r\x1b[K[%s%s] %3d %%  %s users/s  %s left", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full),
		now.there*100/p.total, thousands(rate), left.Round(time.Second))
	if now.there == p.total {
		p.clear()
	}
}

func (p *progress) clear() {
	if p.bar != nil {
		fmt.Fprint(p.bar, "\r\x1b[K")
	}
}

func perSecond(n uint64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
