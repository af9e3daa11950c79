package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// progress shows the progress of a load: a line for each tenth and, on a
// terminal, a bar.
type progress struct {
	lines io.Writer
	bar   *progressbar.ProgressBar // nil without a terminal
	total uint64
	begun loadProgress // at the start of this tenth
	rates []float64    // of the tenths that this run loaded whole, in users a second
	peak  int64        // bytes of memory at the ends of tenths, without files
}

func newProgress(lines, terminal io.Writer, total uint64) *progress {
	p := &progress{lines: lines, total: total}
	if isTerminal(terminal) {
		p.bar = progressbar.NewOptions64(int64(total), progressbar.OptionSetWriter(terminal), progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("users"), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	return p
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// update records the progress. A tenth ends with the first update at or behind
// its end.
func (p *progress) update(now loadProgress) {
	if p.begun.stored == 0 && now.stored > now.added {
		p.begun.stored = now.stored - now.added
	}
	if now.stored*10/p.total > p.begun.stored*10/p.total {
		p.endTenth(now)
	}
	if p.bar != nil {
		_ = p.bar.Set64(int64(now.stored))
	}
}

func (p *progress) endTenth(now loadProgress) {
	rate := perSecond(now.stored-p.begun.stored, now.took-p.begun.took)
	p.rates = append(p.rates, rate)
	own := self().memory().Own
	p.peak = max(p.peak, own)
	p.begun = now
	p.clear()
	fmt.Fprintf(p.lines, "%3d %%  %11s users  %9s users/s  %5s MiB\n", now.stored*100/p.total, thousands(float64(now.stored)), thousands(rate), mebibytes(own))
}

func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

func perSecond(n uint64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
