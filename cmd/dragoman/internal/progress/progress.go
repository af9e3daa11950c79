// Package progress shows how far a long command is: as a bar on a terminal, as plain
// lines elsewhere, or as lines of JSON for programs.
package progress

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Form is how progress is shown.
type Form string

// The forms.
const (
	None  Form = "none"
	Bar   Form = "bar"
	Lines Form = "lines"
	JSON  Form = "json"
)

// Options say what a meter shows.
type Options struct {
	Out  io.Writer
	Form Form
	// Source names what is read.
	Source string
	// Size is how many bytes there are to read, and Read how many were; a Size of 0 is
	// unknown.
	Size int64
	Read func() int64
	// Now is the clock; time.Now by default.
	Now func() time.Time
}

// Meter counts rows and shows them.
type Meter struct {
	opts  Options
	began time.Time
	rows  int
	shown int // rows in the last plain line
	bar   *progressbar.ProgressBar
}

// New returns a meter that starts now.
func New(opts Options) *Meter {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Read == nil {
		opts.Read = func() int64 { return 0 }
	}
	m := &Meter{opts: opts, began: opts.Now()}
	if opts.Form == Bar {
		m.bar = newBar(opts)
	}
	return m
}

// newBar returns a bar over the bytes of the source; without a size it only spins.
func newBar(opts Options) *progressbar.ProgressBar {
	size := opts.Size
	if size == 0 {
		size = -1
	}
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(opts.Out), progressbar.OptionSetDescription(opts.Source),
		progressbar.OptionShowBytes(true), progressbar.OptionUseIECUnits(true), progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetWidth(20), progressbar.OptionClearOnFinish())
}

// Row counts a row.
func (m *Meter) Row() { m.rows++ }

// lineEvery is how many rows a plain line stands for.
const lineEvery = 100_000

// state is a line of JSON.
type state struct {
	Source string `json:"source"`
	Rows   int    `json:"rows"`
	Counts any    `json:"verdicts"`
	Read   int64  `json:"read,omitempty"`
	Size   int64  `json:"size,omitempty"`
	// PerSecond is the mean rate in rows.
	PerSecond float64 `json:"rows_per_second"`
	// SecondsLeft is an estimate; it is absent if the size is unknown.
	SecondsLeft *float64 `json:"seconds_left,omitempty"`
}

// Show shows the state; counts are part of its JSON. It is called after each batch.
func (m *Meter) Show(counts any) {
	switch m.opts.Form {
	case JSON:
		_ = json.NewEncoder(m.opts.Out).Encode(m.state(counts))
	case Bar:
		m.bar.Describe(fmt.Sprintf("%s: %d rows, %.0f a second", m.opts.Source, m.rows, m.state(nil).PerSecond))
		_ = m.bar.Set64(m.opts.Read())
	case Lines:
		if m.rows-m.shown >= lineEvery {
			m.shown = m.rows
			_, _ = fmt.Fprintln(m.opts.Out, m.line())
		}
	}
}

func (m *Meter) state(counts any) state {
	s := state{Source: m.opts.Source, Rows: m.rows, Counts: counts, Read: m.opts.Read(), Size: m.opts.Size}
	took := m.opts.Now().Sub(m.began).Seconds()
	if took > 0 {
		s.PerSecond = float64(m.rows) / took
	}
	if s.Size > 0 && s.Read > 0 {
		left := took * float64(max(s.Size-s.Read, 0)) / float64(s.Read)
		s.SecondsLeft = &left
	}
	return s
}

func (m *Meter) line() string {
	s := m.state(nil)
	line := fmt.Sprintf("%s: %d rows, %.0f a second", s.Source, s.Rows, s.PerSecond)
	if s.SecondsLeft != nil {
		left := time.Duration(*s.SecondsLeft * float64(time.Second)).Round(time.Second)
		line += fmt.Sprintf(", %d %%, %s left", 100*s.Read/s.Size, left)
	}
	return line
}

// Clear makes room for a message: it removes the bar until the next Show.
func (m *Meter) Clear() {
	if m.bar != nil {
		_ = m.bar.Clear()
	}
}

// End ends the bar, or shows the last state as JSON.
func (m *Meter) End(counts any) {
	switch m.opts.Form {
	case JSON:
		m.Show(counts)
	case Bar:
		_ = m.bar.Finish()
		_ = m.bar.Clear()
	}
}
